#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/json.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/coordinator.hpp>

#include "config/bridge_config.hpp"
#include "sinks/line_output.hpp"
#include "sinks/sink.hpp"

namespace suzaku::sinks {
class WebhookSink;
}

namespace suzaku::daemon {

/// The agents of a bridge: each takes the signals of its routes to its sink, on a thread of its own. Any thread.
class Agents {
 public:
  /// Both must outlive the agents.
  Agents(signals::SignalBus& bus, bridge::ConnectionSupervisor& connections);
  /// What waits is dropped; sinks end all at the same time.
  ~Agents();
  Agents(const Agents&) = delete;
  Agents& operator=(const Agents&) = delete;

  /// Fails when the sink cannot be made, or there is an agent of this name.
  Result<void> add(const config::AgentConfig& config);
  /// Removes some, and makes new sinks for others: what waits for these, and comes meanwhile, goes to the new sink.
  /// All of the old sinks end before there is a new one. Those that cannot be made again are removed, too: their names,
  /// and why.
  std::map<std::string, std::string> change(const std::vector<std::string>& removed,
                                            const std::vector<config::AgentConfig>& changed);
  /// Waits until all have done what waits for them; false when that takes longer.
  bool wait_until_idle(std::chrono::nanoseconds time);

  /// The names of all but those whose sink could not be made, and that have failed too often to be started again.
  std::set<std::string> running() const;
  /// {"name", "sink", "is_running", "waiting", "waiting_bytes", "handled", "dropped", "failures", "last_failure"} of
  /// each, and what its sink tells of itself. Counts that both have are added up.
  JsonArray status() const;
  /// Fails when there is no agent of this name, or it has another sink.
  Result<std::shared_ptr<sinks::WebhookSink>> webhook(const std::string& name) const;
  std::uint64_t dead_letters() const;

 private:
  using SinkPtr = std::shared_ptr<sinks::Sink>;
  struct Member {
    std::string kind;
    SinkPtr sink = nullptr;  // none while the new one is made
  };

  /// What an agent waits for before it takes signals: its sink, or why there is none. It is not the agent's to keep.
  using SinkPromise = std::promise<Result<std::weak_ptr<sinks::Sink>>>;
  using ComingSink = std::shared_future<Result<std::weak_ptr<sinks::Sink>>>;
  static SinkPtr sink_of(const ComingSink& coming);
  static signals::Agent with_sink(signals::Agent agent, SinkPromise& promise);

  SinkPtr take_sink(const std::string& name);
  void replace(const signals::Agent& agent);
  void remove(const std::string& name);
  Result<void> fill(const config::AgentConfig& config, SinkPromise& promise);
  Result<SinkPtr> make_sink(const config::AgentConfig& config);

  signals::SignalBus& bus_;
  bridge::ConnectionSupervisor& connections_;
  sinks::LineOutput output_;
  signals::Coordinator coordinator_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, Member> members_;
};

}  // namespace suzaku::daemon

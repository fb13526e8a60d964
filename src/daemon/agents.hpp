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
  /// Drops waiting signals. All sinks end at the same time.
  ~Agents();
  Agents(const Agents&) = delete;
  Agents& operator=(const Agents&) = delete;

  /// Fails when the sink cannot be made, or there is an agent of this name.
  Result<void> add(const config::AgentConfig& config);
  /// Removes some agents, and makes new sinks for others. Signals that wait for a changed agent, or arrive meanwhile,
  /// go to its new sink. All old sinks end before a new one is made. An agent whose new sink cannot be made is removed
  /// too. Returns the names of these agents, and the reasons.
  std::map<std::string, std::string> change(const std::vector<std::string>& removed,
                                            const std::vector<config::AgentConfig>& changed);
  /// Waits until the agents have handled all waiting signals. False when that takes longer.
  bool wait_until_idle(std::chrono::nanoseconds time);

  /// The names of the agents that run: not those whose sink could not be made, and not those that were given up.
  std::set<std::string> running() const;
  /// {"name", "sink", "is_running", "waiting", "waiting_bytes", "handled", "dropped", "failures", "last_failure",
  /// "last_failure_at"} of each, and the status of its sink. Counts that both have are added up.
  JsonArray status() const;
  /// Fails when there is no agent of this name, or its sink is not a webhook.
  Result<std::shared_ptr<sinks::WebhookSink>> webhook(const std::string& name) const;
  std::uint64_t dead_letters() const;

 private:
  using SinkPtr = std::shared_ptr<sinks::Sink>;
  struct Member {
    std::string kind;
    SinkPtr sink = nullptr;  // none while the new one is made
  };

  /// An agent waits for its sink, or the reason why there is none, before it takes signals. It does not own the sink.
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
  mutable std::mutex mutex_;  // guards the members below
  std::map<std::string, Member> members_;
};

}  // namespace suzaku::daemon

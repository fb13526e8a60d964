#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/json.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/coordinator.hpp>

#include "config/bridge_config.hpp"
#include "sinks/line_output.hpp"
#include "sinks/sink.hpp"

namespace suzaku::daemon {

/// The agents of a bridge: each takes the signals of its routes to its sink, on a thread of its own. Any thread.
class Agents {
 public:
  /// Both must outlive the agents.
  Agents(signals::SignalBus& bus, bridge::ConnectionSupervisor& connections);
  /// What waits is dropped.
  ~Agents();
  Agents(const Agents&) = delete;
  Agents& operator=(const Agents&) = delete;

  /// Fails when the sink cannot be made, or there is an agent of this name.
  Result<void> add(const config::AgentConfig& config);
  /// What waits for it is dropped. Does nothing when there is none.
  void remove(const std::string& name);
  /// Waits until all have done what waits for them; false when that takes longer.
  bool wait_until_idle(std::chrono::nanoseconds time);

  /// Those that have failed too often to be started again.
  std::vector<std::string> given_up() const;
  /// {"name", "sink", "is_running", "waiting", "handled", "dropped", "failures", "last_failure"} of each, with what its
  /// sink tells of itself.
  JsonArray status() const;
  std::uint64_t dead_letters() const;

 private:
  struct Member {
    std::string kind;
    std::shared_ptr<sinks::Sink> sink;
  };

  signals::SignalBus& bus_;
  bridge::ConnectionSupervisor& connections_;
  sinks::LineOutput output_;
  signals::Coordinator coordinator_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, Member> members_;
};

}  // namespace suzaku::daemon

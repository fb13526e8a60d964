#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/json.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/signal_bus.hpp>

#include "config/bridge_config.hpp"
#include "config/secrets.hpp"
#include "daemon/agents.hpp"
#include "daemon/difference.hpp"
#include "daemon/event_log.hpp"

namespace suzaku::daemon {

/// What reload() has done.
struct Changes {
  std::vector<std::string> added, removed, changed;  // "connection shop", "agent audit"
  std::vector<std::string> failed;                   // what could not be started, and why
};

/// The connections and agents of a configuration, at work. Any thread.
class Daemon {
 public:
  /// Gives the configuration as it is now; a failure tells its mistakes.
  using Load = std::function<Result<config::BridgeConfig>()>;

  Daemon(config::BridgeConfig config, Load load);

  /// Starts the agents, then the connections. Fails when one of them cannot be started.
  Result<void> start();
  /// Reloads the configuration and changes what differs; what does not differ is not touched, but for agents that
  /// were given up. No agent that stays loses what waits for it. A configuration with mistakes changes nothing. Fails
  /// when stop() is called meanwhile.
  Result<Changes> reload();
  /// Leaves the channels, closes the connections, and waits until the agents have done what waits for them, at most as
  /// long as the configuration says. Nothing can be started any more.
  void stop();

  /// With "[redacted]" in place of the secrets of the configuration in all its texts, also where others repeat them.
  Json hide(Json value) const;
  /// All of it, for people and programs, without secrets.
  JsonObject status() const;
  /// Starts a connection of the configuration that was stopped, or given up.
  Result<void> start_connection(const std::string& name);
  /// Fails when there is no such connection. Waits for its end.
  Result<void> stop_connection(const std::string& name);
  /// Fails when there is no such connection, or it was stopped.
  Result<std::shared_ptr<bridge::Connection>> connection(const std::string& name) const;
  /// Fails when there is no agent of this name, or it has another sink.
  Result<std::shared_ptr<sinks::WebhookSink>> webhook(const std::string& agent) const { return agents_.webhook(agent); }

 private:
  Difference agent_difference(const config::BridgeConfig& loaded) const;
  Result<void> stop_connections(const Difference& connections);
  /// Fails before start() and from stop() on.
  Result<void> may_change() const;
  void take_over(config::BridgeConfig config);
  void change_agents(const Difference& agents, std::vector<std::string>& failed);
  Result<void> start_configured(const std::string& name);
  JsonArray connections_status() const;

  const Load load_;
  const std::chrono::system_clock::time_point started_at_ = std::chrono::system_clock::now();
  std::mutex changing_;       // one change of the configuration at a time
  mutable std::mutex mutex_;  // of what follows
  config::BridgeConfig config_;
  enum class State : std::uint8_t { starting, running, stopping };
  State state_ = State::starting;

  config::Secrets secrets_;
  signals::SignalBus bus_;
  EventLog event_log_;
  bridge::ConnectionSupervisor connections_;
  Agents agents_;
};

}  // namespace suzaku::daemon

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

/// The changes that reload() has made.
struct Changes {
  std::vector<std::string> added, removed, changed;  // "connection shop", "agent audit"
  std::vector<std::string> failed;                   // names that could not be started, and the reasons
  std::vector<std::string> after_restart;            // keys whose new values take effect after a restart
};

/// Runs the connections and agents of a configuration. Any thread.
class Daemon {
 public:
  /// Reads the current configuration, given the one that runs. A failure lists its mistakes, one in each line.
  using Load = std::function<Result<config::BridgeConfig>(const config::BridgeConfig& running)>;

  Daemon(config::BridgeConfig config, Load load);

  /// Starts the agents, then the connections. Fails when one of them cannot be started.
  Result<void> start();
  /// Reloads the configuration and applies the differences. Connections and agents without differences are not touched,
  /// except agents that were given up, which are started. An agent that stays does not lose waiting signals. A
  /// configuration with mistakes changes nothing. Fails when stop() is called meanwhile. Logs the changes, or the
  /// mistakes.
  Result<Changes> reload();
  /// Leaves the channels, closes the connections, and waits until the agents have handled their waiting signals, at
  /// most for the `stop_deadline` of the configuration. Nothing can be started after this.
  void stop();

  /// Replaces the secrets of the configuration by "[redacted]" in all texts of the value, also where servers repeat
  /// them.
  Json hide(Json value) const;
  /// The complete status, without secrets.
  JsonObject status() const;
  /// Starts a connection of the configuration that was stopped, or given up.
  Result<void> start_connection(const std::string& name);
  /// Fails when there is no such connection. Waits until it has stopped.
  Result<void> stop_connection(const std::string& name);
  /// Fails when there is no such connection, or it was stopped.
  Result<std::shared_ptr<bridge::Connection>> connection(const std::string& name) const;
  /// Fails when there is no agent of this name, or its sink is not a webhook.
  Result<std::shared_ptr<sinks::WebhookSink>> webhook(const std::string& agent) const { return agents_.webhook(agent); }

 private:
  Result<Changes> load_again();
  Difference agent_difference(const config::BridgeConfig& loaded) const;
  Result<void> stop_connections(const Difference& connections);
  /// Fails before start() and from stop() on.
  Result<void> may_change() const;
  /// The keys whose new values count after a restart.
  std::vector<std::string> take_over(config::BridgeConfig config);
  void change_agents(const Difference& agents, std::vector<std::string>& failed);
  Result<void> start_configured(const std::string& name);
  JsonArray connections_status() const;

  const Load load_;
  const std::chrono::system_clock::time_point started_at_ = std::chrono::system_clock::now();
  std::mutex changing_;       // one change of the configuration at a time
  mutable std::mutex mutex_;  // guards the members below
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

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/bridge/connection.hpp>
#include <suzaku/bridge/connection_options.hpp>
#include <suzaku/client/runtime.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/signal_bus.hpp>

namespace suzaku::bridge {

class SupervisorImpl;

/// Keeps connections, all on one thread, and starts them again when they end, as OTP's DynamicSupervisor does:
///
/// | restart | it has failed | it was stopped, by Connection::stop() |
/// |---|---|---|
/// | permanent | started again | started again |
/// | transient | started again | forgotten |
/// | temporary | given up | forgotten |
///
/// A restart waits for ConnectionOptions::backoff, whose delays grow until a connection was stable: the signal
/// "suzaku.connection.reconnecting" reports its time. Channels that were joined by join_channel() are not joined
/// again. Failures of the server or the network may be temporary, so a permanent or transient connection is not given
/// up for them: no HTTP status and no close code ends its attempts, and a restart after one does not count. A
/// connection whose handler throws, or that is stopped, more often than RestartOptions allows is given up: the signal
/// "suzaku.connection.failed" reports it. Unlike in OTP, that ends no other connection; and one that was given up stays
/// in the list, so that its health can be read, until stop_connection() or start_connection() of the same name.
///
/// Any thread.
class ConnectionSupervisor {
 public:
  struct Options {
    /// What all connections share; without it the supervisor makes one.
    std::optional<client::Runtime> runtime = {};
  };
  /// The bus must outlive it.
  explicit ConnectionSupervisor(signals::SignalBus& bus) : ConnectionSupervisor(bus, Options()) {}
  ConnectionSupervisor(signals::SignalBus& bus, Options options);
  /// Ends all connections at once; stop() before that is the graceful way. When it returns nothing is published any
  /// more.
  ~ConnectionSupervisor();
  ConnectionSupervisor(const ConnectionSupervisor&) = delete;
  ConnectionSupervisor& operator=(const ConnectionSupervisor&) = delete;

  /// Fails for options that check() refuses, and when there is a connection of this name.
  [[nodiscard]] Result<void> start_connection(ConnectionOptions options);
  /// Starts all, or none if something is wrong with one of them.
  [[nodiscard]] Result<void> start_configured_connections(std::vector<ConnectionOptions> connections);
  /// Connection::stop(); after its end the name is free. Ends with Outcome::closed when there is no such connection.
  client::Push stop_connection(std::string_view name, std::optional<std::chrono::milliseconds> deadline = {});
  /// The same for all of them, at the same time.
  client::Push stop(std::optional<std::chrono::milliseconds> deadline = {});

  /// Their names, in order.
  std::vector<std::string> list_connections() const;
  /// Nothing when there is no such connection; Status::connecting while it waits for its restart.
  std::optional<Status> connection_status(std::string_view name) const;
  /// Connection::health() with "restarts" (how often it was started again) and "given_up"; null when there is no such
  /// connection. While it waits for its restart, "attempt" and "next_attempt_at" are about that. While it waits, and
  /// once it was given up, "channels" are the configured ones, and their "last_error" is why the connection has ended.
  Json connection_health(std::string_view name) const;
  /// nullptr when there is no such connection. After a restart it is another one.
  std::shared_ptr<Connection> connection(std::string_view name) const;

 private:
  client::Runtime runtime_;
  std::shared_ptr<SupervisorImpl> impl_;
};

}  // namespace suzaku::bridge

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/client/reconnect.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/filter.hpp>
#include <suzaku/signals/phoenix.hpp>
#include <suzaku/signals/restart.hpp>

namespace suzaku::bridge {

/// A channel that a connection joins by itself, and joins again whenever it ends, until Connection::leave_channel(). A
/// function that gives its params may block (SocketOptions::join_params_may_block).
struct AutoJoin {
  std::string topic;
  client::JoinParams params = {};
};

/// The settings of a connection to a Phoenix app.
struct ConnectionOptions {
  /// Lower-case letters, digits and `_`, but not "connection" or "channel". It is a part of the type of each signal, so
  /// connections of one bus have different names.
  std::string name = {};
  std::string uri = {};  // "wss://example.com/socket"
  client::Params params = {};
  client::AuthToken auth_token = {};
  client::Headers headers = {};
  std::vector<AutoJoin> auto_join_channels = {};

  bool reconnect = true;
  /// Attempts in a row without success (the very first one counts, too), after which the connection has failed; 0: no
  /// limit. A ConnectionSupervisor then starts it again if `restart` says so. Some reasons end it at once (see
  /// client::ReconnectOptions), but not under a supervisor that would start it again.
  std::size_t max_retries = 10;
  /// For a list of delays: client::ListBackoff{.delays = {100ms, 500ms, 1s}, .jitter = 0}.
  client::Backoff backoff = client::ExponentialBackoff{};
  std::vector<std::chrono::milliseconds> rejoin_after = default_rejoin_delays();  // of channels; the last one repeats
  std::chrono::milliseconds heartbeat_interval{30'000};                           // 0: none

  /// How its signals are named: their source and types, and the topics of the bus.
  signals::phoenix::NameOptions names = {};
  /// Which messages become signals; without any, all do.
  std::vector<signals::Filter> filters = {};
  /// What a ConnectionSupervisor does when the connection has ended. The period must be longer than the first
  /// `max_restarts` delays of `backoff` together, otherwise a handler that always throws is never given up.
  signals::RestartOptions restart = {.restart = signals::Restart::temporary, .period = std::chrono::minutes(1)};
  std::chrono::milliseconds stop_deadline{5'000};  // of Connection::stop() that says nothing else

  /// All other settings: TLS, proxy, time-outs, limits. The members above replace those in here; a dispatcher is
  /// refused.
  client::SocketOptions socket = {};

  /// 100, 500, 1000, 2000, 5000 and 10000 ms.
  static std::vector<std::chrono::milliseconds> default_rejoin_delays();
};

/// Fails with the option, what was found and what was expected.
[[nodiscard]] Result<void> check(const ConnectionOptions& options);
/// The same for all of them, and that no two have the same name.
[[nodiscard]] Result<void> check(const std::vector<ConnectionOptions>& connections);

}  // namespace suzaku::bridge

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include <suzaku/client/disconnect.hpp>

namespace suzaku::client {

/// What a decision to try again rests on.
struct Retry {
  std::size_t attempt = 1;               // the attempt that would follow, from 1
  std::chrono::milliseconds elapsed{0};  // since the connection was lost, or since connect()
  const Disconnect& reason;
};

/// first, first x factor, first x factor^2, ..., never more than max; each +- jitter.
struct ExponentialBackoff {
  std::chrono::milliseconds first{1'000};
  double factor = 1.5;
  std::chrono::milliseconds max{30'000};
  double jitter = 0.25;  // 0.25: between 75 % and 125 %
};

/// These delays in turn; the last one repeats. The default is phoenix.js's list, with jitter added.
struct ListBackoff {
  std::vector<std::chrono::milliseconds> delays = phoenix_delays();
  double jitter = 0.25;

  /// 10, 50, 100, 150, 200, 250, 500, 1000, 2000 and 5000 ms.
  static std::vector<std::chrono::milliseconds> phoenix_delays();
  /// 1, 2, 5 and 10 s: phoenix.js's for channels.
  static std::vector<std::chrono::milliseconds> phoenix_rejoin_delays();
};

/// The delay before the attempt, or nothing to stop trying. Called on the runtime's thread; must not block.
using CustomBackoff = std::function<std::optional<std::chrono::milliseconds>(const Retry&)>;

using Backoff = std::variant<ExponentialBackoff, ListBackoff, CustomBackoff>;

/// Whether a lost connection is made again, and when. Some reasons have an answer of their own:
///
/// | reason | what happens |
/// |---|---|
/// | HTTP 401, 403 | stop; as 429 when the token or the params come from a function, which may give better ones |
/// | HTTP 404, 426, other 3xx and 4xx | stop |
/// | HTTP 408, 425, 429, 5xx | backoff, or the server's Retry-After if that is longer |
/// | close 1000, 1001, 1012 | at once, spread out over `spread`, so that a restarted server is not overrun |
/// | close 1013 | backoff, but at least `spread` |
/// | close codes in `stop_codes` | stop |
/// | everything else | backoff |
///
/// Without `stop_when_refused`, "stop" is handled as 429. A CustomBackoff replaces this table, for every reason.
/// (phoenix.js tries for ever after a 403, and never after close 1000.)
struct ReconnectOptions {
  bool enabled = true;
  Backoff backoff = ExponentialBackoff{};
  std::size_t max_attempts = 0;              // without success in between; 0: no limit
  std::chrono::milliseconds max_elapsed{0};  // without success in between; 0: no limit
  /// A connection counts as success only when it has lasted this long, so that one that opens and dies is not tried
  /// again ever faster.
  std::chrono::milliseconds stable_after{10'000};
  std::chrono::milliseconds spread{5'000};
  /// false: for daemons, which must reconnect when the server accepts them again.
  bool stop_when_refused = true;
  std::vector<std::uint16_t> stop_codes = {1008, 3000};  // policy violation; unauthorized
};

}  // namespace suzaku::client

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <suzaku/client/reconnect.hpp>

namespace suzaku::client::core {

/// No server can make a client wait for longer with its Retry-After.
inline constexpr std::chrono::milliseconds kLongestRetryAfter = std::chrono::hours(1);

/// What ReconnectOptions say about a failure: an attempt after a delay, or none and why.
struct Decision {
  bool retry = false;
  std::chrono::milliseconds delay{0};  // when `retry`
  std::size_t attempt = 0;             // when `retry`: how often in a row it is tried again, from 1
  std::string why;                     // when not
};

/// Decides whether and when a connection is made again (see ReconnectOptions). Knows no clock: it is told the time.
class ReconnectPolicy {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `options` must be good (check(SocketOptions)) and outlive the policy.
  explicit ReconnectPolicy(const ReconnectOptions& options) noexcept : options_(options) {}

  /// connect() was called: begins anew.
  void start(TimePoint now) noexcept;
  /// A connection stands.
  void on_open(TimePoint now) noexcept { opened_ = now; }
  /// An attempt failed, or the connection that stood was lost. `random` is a number between 0 and 1.
  /// `fresh_credentials`: the params or the token come from a function, so the next attempt may have better ones.
  /// Throws what a CustomBackoff throws.
  Decision on_failure(const Disconnect& reason, TimePoint now, double random, bool fresh_credentials);
  /// The network is another now: what failed on the old one counts no more. The attempt that waits is to be made at
  /// once.
  void nudge(TimePoint now) noexcept;

  /// The number of the attempt that is made or waits to be made: ConnectAttempt::attempt.
  std::size_t attempt() const noexcept { return retries_ + (initial_ ? 1 : 0); }

 private:
  std::optional<std::chrono::milliseconds> delay_for(const Retry& retry, double random) const;

  const ReconnectOptions& options_;
  std::size_t retries_ = 0;          // in a row, without a connection that lasted
  bool initial_ = true;              // no connection has lasted since start(): its own attempt counts, too
  TimePoint since_{};                // when the row began
  std::optional<TimePoint> opened_;  // while a connection stands
};

}  // namespace suzaku::client::core

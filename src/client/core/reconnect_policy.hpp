#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include <suzaku/client/reconnect.hpp>

#include "client/core/backoff.hpp"
#include "client/core/retry_counter.hpp"

namespace suzaku::client::core {

/// The longest Retry-After of a server that counts.
inline constexpr std::chrono::milliseconds kLongestRetryAfter = std::chrono::hours(1);

/// Decides whether and when a connection is made again (see ReconnectOptions). It has no clock; callers pass the time.
class ReconnectPolicy {
 public:
  using TimePoint = RetryCounter::TimePoint;

  using OnUserError = std::function<void(std::exception_ptr)>;

  /// `options` must be good (check(SocketOptions)) and outlive the policy. What a CustomBackoff throws goes to
  /// `on_user_error`, and the delay is the longest of an ExponentialBackoff.
  ReconnectPolicy(const ReconnectOptions& options, OnUserError on_user_error)
      : options_(options), on_user_error_(std::move(on_user_error)) {}

  /// connect() was called: starts from zero.
  void start(TimePoint now) noexcept { counter_.start(now); }
  /// A connection is open.
  void on_open(TimePoint now) noexcept { counter_.on_success(now); }
  /// An attempt failed, or the open connection was lost. `random` is a number between 0 and 1.
  /// `fresh_credentials`: the params or the token come from a function, so the next attempt may have better ones.
  Decision on_failure(const Disconnect& reason, TimePoint now, double random, bool fresh_credentials);
  /// The network has changed: failures on the old one do not count any more. The caller makes the next attempt at
  /// once.
  void wake(TimePoint now) noexcept;

  /// The number of the attempt that is made or waits to be made: ConnectAttempt::attempt.
  std::size_t attempt() const noexcept { return counter_.attempt(); }

 private:
  std::optional<std::chrono::milliseconds> delay_for(const Retry& retry, double random) const;

  std::optional<std::chrono::milliseconds> backoff_for(const Retry& retry, double random) const;

  const ReconnectOptions& options_;
  const OnUserError on_user_error_;
  RetryCounter counter_;  // a success is an open connection
};

}  // namespace suzaku::client::core

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <suzaku/client/options.hpp>

#include "client/core/backoff.hpp"
#include "client/core/observers.hpp"
#include "client/core/retry_counter.hpp"

namespace suzaku::client::core {

/// Decides whether and when a channel is joined again (see RejoinOptions). It has no clock; callers pass the time.
/// Exceptions of the user's functions go to the observer.
class RejoinPolicy {
 public:
  using TimePoint = RetryCounter::TimePoint;

  /// Both outlive it.
  RejoinPolicy(const RejoinOptions& options, SocketObserver& observer) noexcept
      : options_(options), observer_(observer) {}

  /// join() was called, or there is a new connection: starts from zero.
  void start(TimePoint now) noexcept { counter_.start(now); }
  void on_joined(TimePoint now) noexcept { counter_.on_success(now); }
  /// The server has refused the join: whether to try again.
  bool retries_refused(const Reply& reply) const;
  /// A join failed, or the channel that was joined did. `random` is a number between 0 and 1.
  Decision on_failure(const std::string& message, TimePoint now, double random);

  /// JoinAttempt::attempt.
  std::size_t attempt() const noexcept { return counter_.attempt(); }

 private:
  std::optional<std::chrono::milliseconds> delay_for(const Retry& retry, double random) const;

  const RejoinOptions& options_;
  SocketObserver& observer_;
  RetryCounter counter_;  // a success is a join
};

}  // namespace suzaku::client::core

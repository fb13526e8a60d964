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

/// Decides whether and when a channel is joined again (see RejoinOptions). Knows no clock: it is told the time. What
/// the user's functions throw goes to the observer.
class RejoinPolicy {
 public:
  using TimePoint = Streak::TimePoint;

  /// Both outlive it.
  RejoinPolicy(const RejoinOptions& options, SocketObserver& observer) noexcept
      : options_(options), observer_(observer) {}

  /// join() was called, or there is a new connection: begins anew.
  void start(TimePoint now) noexcept { streak_.start(now); }
  void on_joined(TimePoint now) noexcept { streak_.on_success(now); }
  /// The server has refused the join: whether that may change.
  bool retries_refused(const Reply& reply) const;
  /// A join failed, or the channel that was joined did. `random` is a number between 0 and 1.
  Decision on_failure(const std::string& message, TimePoint now, double random);

  /// JoinAttempt::attempt.
  std::size_t attempt() const noexcept { return streak_.attempt(); }

 private:
  std::optional<std::chrono::milliseconds> delay_for(const Retry& retry, double random) const;

  const RejoinOptions& options_;
  SocketObserver& observer_;
  Streak streak_;  // of attempts without a join that lasted
};

}  // namespace suzaku::client::core

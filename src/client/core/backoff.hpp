#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <suzaku/client/reconnect.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client::core {

/// The longest delay. It is far below what a clock can count.
inline constexpr std::chrono::milliseconds kLongestDelay = std::chrono::hours(24 * 365);

/// What follows a failure: an attempt after a delay, or none, and why.
struct Decision {
  bool retry = false;
  std::chrono::milliseconds delay{0};  // when `retry`
  std::size_t attempt = 0;             // when `retry`: how often in a row it is tried again, from 1
  std::string why;                     // when not
};

/// How long to wait before the attempt, or nothing to stop trying (which only a CustomBackoff says). `random` is a
/// number between 0 and 1, from which the jitter comes: 0 is the shortest delay, 1 the longest. Never negative, never
/// more than kLongestDelay, for any attempt. Throws what a CustomBackoff throws.
std::optional<std::chrono::milliseconds> delay(const Backoff& backoff, const Retry& retry, double random);

/// Fails for an invalid backoff, and says why.
Result<void> check(const Backoff& backoff);

}  // namespace suzaku::client::core

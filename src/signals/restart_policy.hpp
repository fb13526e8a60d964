#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include <suzaku/signals/restart.hpp>

namespace suzaku::signals {

enum class End : std::uint8_t { normal, failed };

/// Decides whether an agent, connection or program is started again. The caller gives the time.
class RestartPolicy {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RestartPolicy(RestartOptions options) noexcept : options_(options) {}

  /// Called when it has ended. Returns whether it is to be started again.
  bool restarts(End end, Clock::time_point now);

 private:
  RestartOptions options_;
  std::deque<Clock::time_point> restarts_;  // within the last period
};

}  // namespace suzaku::signals

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include <suzaku/signals/restart.hpp>

namespace suzaku::signals {

enum class End : std::uint8_t { normal, failed };

/// Says what a supervisor does about ends. Reckons with the time that it is given.
class RestartPolicy {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RestartPolicy(RestartOptions options) noexcept : options_(options) {}

  /// It has ended: true when it is to be started again, false when it is to be left alone or given up.
  bool restarts(End end, Clock::time_point now);

 private:
  RestartOptions options_;
  std::deque<Clock::time_point> restarts_;  // of the last period
};

}  // namespace suzaku::signals

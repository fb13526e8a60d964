#pragma once

#include <chrono>

namespace suzaku::net {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// What a loop takes for the time. It is handed in, so that a test can let time pass. Any thread.
class Clock {
 public:
  virtual TimePoint now() const noexcept = 0;
  /// The date, for people and certificates; it may jump.
  virtual std::chrono::system_clock::time_point wall_clock() const noexcept = 0;

  /// The system's.
  static const Clock& system() noexcept;

 protected:
  ~Clock() = default;
};

}  // namespace suzaku::net

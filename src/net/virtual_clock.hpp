#pragma once

#include <chrono>
#include <optional>

#include "net/clock.hpp"
#include "net/loop.hpp"

namespace suzaku::net {

/// A clock for tests, which stands still but for advance(). One thread.
class VirtualClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return now_; }
  std::chrono::system_clock::time_point wall_clock() const noexcept override { return kBegin + elapsed(); }
  std::chrono::system_clock::duration elapsed() const noexcept {
    return std::chrono::duration_cast<std::chrono::system_clock::duration>(now_ - TimePoint());
  }

  /// Lets time pass for a loop that has this clock and no thread of its own, from one of its timers to the next.
  void advance(Loop& loop, Duration time) {
    const TimePoint end = now_ + time;
    loop.run_ready();
    while (const auto due = loop.timers().next_due()) {
      if (*due > end) break;
      if (*due > now_) now_ = *due;
      loop.run_ready();
    }
    now_ = end;
    loop.run_ready();
  }

 private:
  static constexpr std::chrono::sys_days kBegin = std::chrono::year(2026) / 1 / 1;
  TimePoint now_;
};

}  // namespace suzaku::net

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace suzaku::client::core {

/// Counts attempts in a row, without a success in between that lasted.
class Streak {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Begins anew, with an attempt that nothing has failed before.
  void start(TimePoint now) noexcept {
    *this = Streak();
    since_ = now;
  }
  void on_success(TimePoint now) noexcept { success_ = now; }
  /// An attempt failed, or a success is over; one that had lasted `stable_after` begins the row anew.
  void on_failure(TimePoint now, std::chrono::milliseconds stable_after) noexcept {
    if (success_ && now - *success_ >= stable_after) {
      retries_ = 0;
      initial_ = false;
      since_ = now;
    }
    success_.reset();
  }
  /// It is tried again.
  void on_retry() noexcept { ++retries_; }

  bool has_success() const noexcept { return success_.has_value(); }
  /// The number of the attempt that is made or waits to be made, from 1.
  std::size_t attempt() const noexcept { return retries_ + (initial_ ? 1 : 0); }
  /// How often in a row it was tried again.
  std::size_t retries() const noexcept { return retries_; }
  bool has_used(std::size_t max_attempts) const noexcept { return max_attempts > 0 && attempt() >= max_attempts; }
  std::chrono::milliseconds elapsed(TimePoint now) const noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - since_);
  }

 private:
  std::size_t retries_ = 0;
  bool initial_ = true;               // no success has lasted since start(): its own attempt counts, too
  TimePoint since_{};                 // when the row began
  std::optional<TimePoint> success_;  // while it lasts
};

}  // namespace suzaku::client::core

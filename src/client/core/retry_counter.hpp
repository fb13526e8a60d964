#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace suzaku::client::core {

/// Counts the attempts since the last success that was stable.
class RetryCounter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Starts again from zero. The next attempt follows no failure.
  void start(TimePoint now) noexcept {
    *this = RetryCounter();
    since_ = now;
  }
  void on_success(TimePoint now) noexcept { success_ = now; }
  /// An attempt failed, or a success ended. A success that lasted at least `stable_after` resets the counter.
  void on_failure(TimePoint now, std::chrono::milliseconds stable_after) noexcept {
    if (success_ && now - *success_ >= stable_after) {
      retries_ = 0;
      initial_ = false;
      since_ = now;
    }
    success_.reset();
  }
  /// There will be another attempt.
  void on_retry() noexcept { ++retries_; }

  bool has_success() const noexcept { return success_.has_value(); }
  /// The number of the attempt that is under way or comes next, from 1.
  std::size_t attempt() const noexcept { return retries_ + (initial_ ? 1 : 0); }
  /// The number of retries since the counter was reset.
  std::size_t retries() const noexcept { return retries_; }
  bool has_used(std::size_t max_attempts) const noexcept { return max_attempts > 0 && attempt() >= max_attempts; }
  std::chrono::milliseconds elapsed(TimePoint now) const noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - since_);
  }

 private:
  std::size_t retries_ = 0;
  bool initial_ = true;               // no success was stable since start(), so the first attempt counts too
  TimePoint since_{};                 // when the counter was reset
  std::optional<TimePoint> success_;  // set while the success lasts
};

}  // namespace suzaku::client::core

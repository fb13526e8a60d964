#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace suzaku {

/// Lets a number of lines into the log in each period of a second. The caller gives the time.
class LogLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit LogLimit(std::size_t lines) noexcept : lines_(lines) {}

  /// Nothing when the line is over the limit; otherwise how many lines were left out before it.
  std::optional<std::uint64_t> pass(Clock::time_point now) {
    if (!since_ || now - *since_ >= std::chrono::seconds(1)) {
      since_ = now;
      passed_ = 0;
    }
    if (passed_ == lines_) {
      ++left_out_;
      return std::nullopt;
    }
    ++passed_;
    return std::exchange(left_out_, 0);
  }

  std::uint64_t left_out() const noexcept { return left_out_; }

  /// How many were left out, once no line has come for a second that could tell it.
  std::uint64_t take_overdue(Clock::time_point now) noexcept {
    return since_ && now - *since_ >= std::chrono::seconds(1) ? std::exchange(left_out_, 0) : 0;
  }

 private:
  std::size_t lines_;
  std::optional<Clock::time_point> since_;
  std::size_t passed_ = 0;      // since then
  std::uint64_t left_out_ = 0;  // since the last line
};

}  // namespace suzaku

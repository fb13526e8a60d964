#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include <suzaku/signals/signal.hpp>

namespace suzaku::signals {

/// Lets one line through in a second, so that many losses do not drown the log. Reckons with the time that it is given.
class LineLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// May there be a line? Then how many there were none for since the last.
  std::optional<std::uint64_t> pass(Clock::time_point now);
  /// How many there were none for since the last line.
  std::uint64_t held_back() const noexcept { return held_back_; }

 private:
  std::optional<Clock::time_point> last_;
  std::uint64_t held_back_ = 0;
};

/// Counts signals that came to nobody, tells of them and logs them. Any thread.
class DeadLetters {
 public:
  using Callback = std::function<void(const Signal&, std::string_view why)>;

  explicit DeadLetters(Callback callback);
  ~DeadLetters();
  DeadLetters(const DeadLetters&) = delete;
  DeadLetters& operator=(const DeadLetters&) = delete;

  void add(const Signal& signal, std::string_view why);
  std::uint64_t count() const;

 private:
  const Callback callback_;
  mutable std::mutex mutex_;  // of what follows
  std::uint64_t count_ = 0;
  LineLimit lines_;
};

}  // namespace suzaku::signals

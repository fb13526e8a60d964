#include "signals/dead_letters.hpp"

#include <utility>

#include "base/log.hpp"

namespace suzaku::signals {

std::optional<std::uint64_t> LineLimit::pass(Clock::time_point now) {
  if (last_ && now - *last_ < std::chrono::seconds(1)) {
    ++held_back_;
    return std::nullopt;
  }
  last_ = now;
  return std::exchange(held_back_, 0);
}

DeadLetters::DeadLetters(Callback callback) : callback_(std::move(callback)) {}

DeadLetters::~DeadLetters() {
  if (lines_.held_back() > 0) log::warning("{} more dead letters", lines_.held_back());
}

void DeadLetters::add(const Signal& signal, std::string_view why) {
  std::optional<std::uint64_t> more;
  {
    const std::lock_guard lock(mutex_);
    ++count_;
    more = lines_.pass(LineLimit::Clock::now());
  }
  if (more) log::warning("dead letter: {} ({}): {}; {} more since the last line", signal.type, signal.id, why, *more);
  if (callback_) callback_(signal, why);
}

std::uint64_t DeadLetters::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace suzaku::signals

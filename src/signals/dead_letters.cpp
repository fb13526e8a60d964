#include "signals/dead_letters.hpp"

#include <optional>
#include <utility>

#include "base/left_out.hpp"
#include "base/log.hpp"

namespace suzaku::signals {

DeadLetters::DeadLetters(Callback callback) : callback_(std::move(callback)) {}

DeadLetters::~DeadLetters() {
  if (lines_.left_out() > 0) log::warning("{} more dead letters", lines_.left_out());
}

void DeadLetters::add(const Signal& signal, std::string_view why) {
  std::optional<std::uint64_t> more;
  {
    const std::lock_guard lock(mutex_);
    ++count_;
    more = lines_.pass(LogLimit::Clock::now());
  }
  if (more) log::warning("dead letter: {} ({}): {}{}", signal.type, signal.id, why, left_out_note(*more));
  if (callback_) callback_(signal, why);
}

std::uint64_t DeadLetters::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace suzaku::signals

#include "net/timers.hpp"

#include <algorithm>
#include <functional>

#include "base/thrown.hpp"

namespace suzaku::net {

Timers::Timers(boost::asio::io_context& io, const Clock& clock, log::LimitedLog& log)
    : timer_(io), clock_(clock), log_(log) {}

Timers::Id Timers::after(Duration delay, Task task) {
  const Id id = ++last_id_;
  heap_.push_back({clock_.now() + delay, id});
  std::ranges::push_heap(heap_, std::greater<>{});
  tasks_.emplace(id, std::move(task));
  wait();
  return id;
}

void Timers::cancel(Id id) {
  tasks_.erase(id);
  // A cancelled timer leaves its entry behind; when most entries are such, sweep them.
  if (heap_.size() > 64 && heap_.size() > 4 * tasks_.size()) {
    std::erase_if(heap_, [this](const Entry& entry) { return !tasks_.contains(entry.id); });
    std::ranges::make_heap(heap_, std::greater<>{});
  }
}

/// By how much time is left, so that any clock will do: when it is not time yet after that, it waits again.
void Timers::wait() {
  if (heap_.empty() || heap_.front().due >= waiting_for_) return;
  waiting_for_ = heap_.front().due;
  timer_.expires_after(waiting_for_ - clock_.now());  // aborts the wait for a later time
  timer_.async_wait([this](boost::system::error_code aborted) {
    if (aborted) return;
    waiting_for_ = TimePoint::max();
    fire();
    wait();
  });
}

bool Timers::fire() {
  const TimePoint now = clock_.now();
  bool any = false;
  while (!heap_.empty() && heap_.front().due <= now) {
    std::ranges::pop_heap(heap_, std::greater<>{});
    const Id id = heap_.back().id;
    heap_.pop_back();
    auto found = tasks_.extract(id);
    if (!found) continue;  // cancelled
    any = true;
    try {
      found.mapped()();
    } catch (...) {
      log_.error("a timer's task failed: {}", what_is_thrown());
    }
  }
  return any;
}

std::optional<TimePoint> Timers::next_due() {
  while (!heap_.empty() && !tasks_.contains(heap_.front().id)) {  // cancelled
    std::ranges::pop_heap(heap_, std::greater<>{});
    heap_.pop_back();
  }
  return heap_.empty() ? std::nullopt : std::optional(heap_.front().due);
}

}  // namespace suzaku::net

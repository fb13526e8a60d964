#include "net/timers.hpp"

#include <algorithm>
#include <functional>

#include "base/thrown.hpp"

namespace suzaku::net {

Timers::Timers(boost::asio::io_context& io, log::LimitedLog& log) : timer_(io), log_(log) {}

Timers::Id Timers::after(Duration delay, Task task) {
  const Id id = ++last_id_;
  heap_.push_back({Clock::now() + delay, id});
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

void Timers::wait() {
  if (heap_.empty() || heap_.front().due >= waiting_for_) return;
  waiting_for_ = heap_.front().due;
  timer_.expires_at(waiting_for_);  // aborts the wait for a later time
  timer_.async_wait([this](boost::system::error_code aborted) {
    if (!aborted) fire();
  });
}

void Timers::fire() {
  waiting_for_ = TimePoint::max();
  const TimePoint now = Clock::now();
  while (!heap_.empty() && heap_.front().due <= now) {
    std::ranges::pop_heap(heap_, std::greater<>{});
    const Id id = heap_.back().id;
    heap_.pop_back();
    auto found = tasks_.extract(id);
    if (!found) continue;  // cancelled
    try {
      found.mapped()();
    } catch (...) {
      log_.error("a timer's task failed: {}", what_is_thrown());
    }
  }
  wait();
}

}  // namespace suzaku::net

#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace suzaku::test {

/// What callbacks on other threads have been given, for a test to take one by one.
template <class T>
class Inbox {
 public:
  void add(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    added_.notify_all();
  }
  /// Waits for the next. Throws when none comes in a time in which it would have come on any machine.
  T next() {
    std::unique_lock lock(mutex_);
    if (!added_.wait_for(lock, std::chrono::seconds(30), [this] { return !items_.empty(); })) {
      throw std::runtime_error("nothing more came");
    }
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable added_;
  std::deque<T> items_;
};

}  // namespace suzaku::test

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include <suzaku/client/callback_queue.hpp>

#include "client/core/backoff.hpp"

namespace suzaku::client {

struct CallbackQueue::Impl {
  std::mutex mutex;
  std::condition_variable added;
  std::vector<std::function<void()>> work;
};

CallbackQueue::CallbackQueue() : impl_(std::make_shared<Impl>()) {}

Dispatcher CallbackQueue::dispatcher() const {
  return [weak = std::weak_ptr(impl_)](std::function<void()> work) {
    const auto impl = weak.lock();
    if (!impl) return;
    const std::lock_guard lock(impl->mutex);
    impl->work.push_back(std::move(work));
    impl->added.notify_one();
  };
}

std::size_t CallbackQueue::poll() {
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(impl_->mutex);
    work.swap(impl_->work);
  }
  for (auto& each : work) std::exchange(each, nullptr)();  // and lets go of what it holds
  return work.size();
}

bool CallbackQueue::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(impl_->mutex);
  return impl_->added.wait_for(lock, std::min<std::chrono::nanoseconds>(time, core::kLongestDelay),
                               [this] { return !impl_->work.empty(); });
}

}  // namespace suzaku::client

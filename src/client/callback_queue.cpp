#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include <suzaku/client/callback_queue.hpp>

#include "client/core/backoff.hpp"

namespace suzaku::client {

struct CallbackQueue::State {
  std::mutex mutex;
  std::condition_variable added;
  std::vector<std::function<void()>> work;
};

CallbackQueue::CallbackQueue() : state_(std::make_shared<State>()) {}

Dispatcher CallbackQueue::dispatcher() const {
  return [weak = std::weak_ptr(state_)](std::function<void()> work) {
    const auto state = weak.lock();
    if (!state) return;
    const std::lock_guard lock(state->mutex);
    state->work.push_back(std::move(work));
    state->added.notify_one();
  };
}

std::size_t CallbackQueue::poll() {
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(state_->mutex);
    work.swap(state_->work);
  }
  for (auto& each : work) std::exchange(each, nullptr)();  // and lets go of what it holds
  return work.size();
}

bool CallbackQueue::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(state_->mutex);
  return state_->added.wait_for(lock, std::min<std::chrono::nanoseconds>(time, core::kLongestDelay),
                                [this] { return !state_->work.empty(); });
}

}  // namespace suzaku::client

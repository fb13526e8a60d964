#include "signals/worker_pool.hpp"

#include <algorithm>
#include <utility>

namespace suzaku::signals {

WorkerPool::WorkerPool(std::size_t threads) {
  threads_.reserve(threads);
  for (; threads > 0; --threads) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  posted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::post(Task job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  posted_.notify_one();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    posted_.wait(lock, [this] { return stops_ || !jobs_.empty(); });
    if (stops_) return;
    ++running_;
    Task job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = {};
    lock.lock();
    --running_;
    if (running_ == 0 && jobs_.empty()) idle_.notify_all();
  }
}

bool WorkerPool::wait_until_idle(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, time, [this] { return running_ == 0 && jobs_.empty(); });
}

bool WorkerPool::in_this_thread() const noexcept {
  const auto self = std::this_thread::get_id();
  return std::any_of(threads_.begin(), threads_.end(),
                     [&](const std::thread& thread) { return thread.get_id() == self; });
}

}  // namespace suzaku::signals

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/task.hpp"

namespace suzaku::signals {

/// Threads that run jobs in the order in which they were posted. Any thread.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);
  /// Waits for jobs that run. Drops waiting jobs.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// `job` must not throw.
  void post(Task job);
  bool wait_until_idle(std::chrono::nanoseconds time);
  /// Whether the calling thread belongs to the pool.
  bool in_this_thread() const noexcept;

 private:
  void work();

  std::mutex mutex_;  // guards the members below, up to the threads
  std::condition_variable posted_;
  std::condition_variable idle_;
  std::deque<Task> jobs_;
  std::size_t running_ = 0;
  bool stops_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace suzaku::signals

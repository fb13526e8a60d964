#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "base/task.hpp"

namespace suzaku::net {

/// Threads for work that blocks. Any thread.
class Workers {
 public:
  /// Without threads, `instead` gets the work.
  Workers(std::size_t threads, std::size_t max_waiting, std::function<void(Task)> instead = {});
  /// Waits for running work; drops work that has not started.
  ~Workers();

  /// Throws std::runtime_error when the queue is full.
  void run(Task work);
  /// True on one of these threads.
  bool in_this_thread() const noexcept;

 private:
  std::size_t max_waiting_;
  std::atomic<std::size_t> waiting_{0};
  std::function<void(Task)> instead_;  // empty when there are threads
  mutable boost::asio::thread_pool pool_;
};

}  // namespace suzaku::net

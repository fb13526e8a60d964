#pragma once

#include <atomic>
#include <cstddef>

#include <boost/asio/thread_pool.hpp>

#include "base/task.hpp"

namespace suzaku::net {

/// Threads for work that blocks. Any thread.
class Workers {
 public:
  Workers(std::size_t threads, std::size_t max_waiting);
  /// Waits for work that has begun; work that has not is dropped.
  ~Workers();

  /// Throws std::runtime_error when too much waits already.
  void run(Task work);
  /// This is one of the threads.
  bool in_this_thread() const noexcept;

 private:
  std::size_t max_waiting_;
  std::atomic<std::size_t> waiting_{0};
  mutable boost::asio::thread_pool pool_;
};

}  // namespace suzaku::net

#pragma once

#include <mutex>

#include "base/task.hpp"

namespace suzaku::server {

struct Shard;

/// Posts tasks to a loop for handles that may outlive the endpoint. Once the endpoint has ended, tasks are dropped. Any
/// thread.
class Mailbox {
 public:
  explicit Mailbox(Shard& shard) : shard_(&shard) {}

  /// Runs task(shard) on the loop: now when this is the loop's thread, else later.
  template <class F>
  void run(F task);
  /// The same, but never now.
  template <class F>
  void post(F task);
  void close() {
    const std::lock_guard lock(mutex_);
    shard_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Shard* shard_;
};

}  // namespace suzaku::server

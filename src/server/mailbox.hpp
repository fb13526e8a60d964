#pragma once

#include <mutex>

#include "base/task.hpp"

namespace suzaku::server {

struct Shard;

/// The way to a loop for handles that outlive everything: while the endpoint lives tasks go to the loop, afterwards
/// they are dropped. Any thread.
class Mailbox {
 public:
  explicit Mailbox(Shard& shard) : shard_(&shard) {}

  /// Runs task(shard) on the loop: now when this is the loop's thread, else later.
  template <class F>
  void run(F task);
  void close() {
    const std::lock_guard lock(mutex_);
    shard_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Shard* shard_;
};

}  // namespace suzaku::server

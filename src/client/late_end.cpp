#include "client/late_end.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace suzaku::client {
namespace {

/// The threads that are waited for. Made after the libraries that a runtime uses, and so destroyed before them.
class LateEnds {
 public:
  void add(std::thread::id waits_for) {
    const std::lock_guard lock(mutex_);
    waited_for_.insert(waits_for);
  }
  void remove(std::thread::id waits_for) {
    const std::lock_guard lock(mutex_);
    waited_for_.erase(waited_for_.find(waits_for));
    changed_.notify_all();  // under the lock: the waiting thread destroys this
  }
  /// Not for the thread that calls exit() itself.
  ~LateEnds() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waited_for_.size() == waited_for_.count(std::this_thread::get_id()); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multiset<std::thread::id> waited_for_;
};

}  // namespace

void end_later(std::function<void()> end) {
  static LateEnds late_ends;
  const auto caller = std::this_thread::get_id();
  late_ends.add(caller);
  std::thread([end = std::move(end), caller] {
    end();
    late_ends.remove(caller);
  }).detach();
}

}  // namespace suzaku::client

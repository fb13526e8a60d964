#pragma once

#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "net/loop.hpp"

/// For tests: a loop on a thread of its own, from here to the end of the scope.
namespace suzaku::net::test {

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  Loop& loop() noexcept { return loop_; }

  /// Runs `work` on the loop and waits for it, and for all that was posted before.
  template <class Work>
  void run(Work work) {
    std::promise<void> done;
    loop_.post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  /// Waits until what was posted to the loop before has run.
  void settle() {
    run([] {});
  }

 private:
  Loop loop_;
  std::thread thread_;
};

}  // namespace suzaku::net::test

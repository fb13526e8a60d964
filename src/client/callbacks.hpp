#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/options.hpp>

#include "base/log_limit.hpp"
#include "client/callback_list.hpp"

namespace suzaku::client {

/// Something that somebody may wait for, in a coroutine or blocked.
class Waiting {
 public:
  virtual ~Waiting() = default;
  /// The socket is gone: whoever waits goes on now.
  virtual void abandon() = 0;
};

/// Where, and one at a time, the callbacks of one socket are called; and the end of all of them. Any thread; but with a
/// dispatcher the engine's thread may only run(), dispatch() and report_soon(): the others wait for the callback that
/// runs, which may wait for the engine.
class Callbacks : public std::enable_shared_from_this<Callbacks> {
 public:
  /// `max_undelivered`: messages that may wait for the dispatcher.
  Callbacks(Dispatcher dispatcher, std::size_t max_undelivered)
      : dispatcher_(std::move(dispatcher)), max_undelivered_(max_undelivered) {}

  /// Callbacks are called within the call of run().
  bool are_direct() const noexcept { return !dispatcher_; }
  /// Runs `work` where callbacks are called, one at a time, unless the socket is gone by then.
  template <class Work>
  void run(Work work) {
    if (are_direct()) {
      run_now(work);
    } else {
      run_later(std::move(work));
    }
  }
  /// With a dispatcher: the same with `work(message)`, of a copy; drops the message when too many wait.
  template <class Work>
  void dispatch(const Message& message, Work work) {
    if (const auto copy = copied(message)) {
      run([copy, work = std::move(work)] {
        work(Message{.topic = copy->topic, .event = copy->event, .payload = copy->payload, .kind = copy->kind});
      });
    }
  }
  /// This thread runs a callback just now.
  bool are_running_here() const noexcept {
    return runner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

  /// Calls a function of the user's, unless an earlier one has destroyed the socket; what it throws is reported. Within
  /// run() only.
  template <class F, class... Args>
  void call(std::string_view where, const F& function, Args&&... args) noexcept {
    if (is_closed_) return;
    try {
      function(std::forward<Args>(args)...);
    } catch (...) {
      report(std::current_exception(), where);
    }
  }
  void report(const std::exception_ptr& error, std::string_view where) noexcept;
  /// The same where callbacks are called.
  void report_soon(std::exception_ptr error, std::string_view where);

  /// After this no callback runs, and none will; unless it is called within one, it waits for the one that runs.
  void close();

  /// False when the socket is gone: then nothing will wake who waits.
  bool add_waiting(const std::shared_ptr<Waiting>& waiting);
  void remove_waiting(const std::shared_ptr<Waiting>& waiting);

  /// Guards every list of callbacks of the socket and is held while callbacks run: so whoever takes one back knows that
  /// it does not run.
  std::recursive_mutex& mutex() noexcept { return mutex_; }
  std::uint64_t next_binding() noexcept { return ++last_binding_; }
  std::uint64_t errors() const noexcept { return errors_.load(std::memory_order_relaxed); }
  std::uint64_t dropped_messages() const noexcept { return dropped_messages_.load(std::memory_order_relaxed); }

  CallbackList<std::exception_ptr, std::string_view> on_error;

 private:
  /// A message that waits for the dispatcher, counted as long as it does.
  struct Undelivered {
    ~Undelivered() { --callbacks->undelivered_; }

    const std::shared_ptr<Callbacks> callbacks;
    const std::string topic;
    const std::string event;
    const Payload payload;
    const Message::Kind kind;
  };
  /// While the user's code runs; under the lock.
  class Running {
   public:
    explicit Running(std::atomic<std::thread::id>& runner) noexcept
        : runner_(runner), before_(runner.load(std::memory_order_relaxed)) {
      runner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { runner_.store(before_, std::memory_order_relaxed); }

   private:
    std::atomic<std::thread::id>& runner_;
    const std::thread::id before_;  // ours, when callbacks run within a callback
  };

  std::shared_ptr<const Undelivered> copied(const Message& message);
  template <class Work>
  void run_now(Work& work) {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    const Running running(runner_);
    work();
  }
  void run_later(std::function<void()> work);
  void tell(const std::exception_ptr& error, std::string_view where) noexcept;
  void write_down(std::string_view where);

  const Dispatcher dispatcher_;
  const std::size_t max_undelivered_;
  std::atomic<std::size_t> undelivered_{0};
  std::atomic<std::uint64_t> dropped_messages_{0};
  std::recursive_mutex mutex_;
  std::atomic<std::thread::id> runner_{};
  bool is_closed_ = false;
  std::set<std::shared_ptr<Waiting>> waiting_;
  std::atomic<std::uint64_t> last_binding_{0};
  std::atomic<std::uint64_t> errors_{0};
  std::mutex log_mutex_;
  LogLimit written_down_{10};  // guarded by log_mutex_
};

}  // namespace suzaku::client

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
#include "client/callback_backlog.hpp"
#include "client/callback_list.hpp"

namespace suzaku::client {

/// An operation that a coroutine or a blocked thread may wait for.
class Waiting {
 public:
  virtual ~Waiting() = default;
  /// The socket is gone: the waiting coroutine or thread continues now.
  virtual void abandon() = 0;
};

/// Calls the callbacks of one socket, one at a time, directly or by a dispatcher, until close(). Any thread; but with a
/// dispatcher the engine's thread may only call run(), dispatch(), has_room() and report_soon(): the other functions
/// wait for the callback that runs, which may wait for the engine.
class Callbacks : public std::enable_shared_from_this<Callbacks> {
 public:
  /// `backlog`: the callbacks that may wait for the dispatcher, and their bytes.
  Callbacks(Dispatcher dispatcher, std::size_t max_backlog, std::size_t max_backlog_bytes)
      : dispatcher_(std::move(dispatcher)), backlog_(max_backlog, max_backlog_bytes) {}

  /// Callbacks are called within the call of run().
  bool are_direct() const noexcept { return !dispatcher_; }
  /// Runs `work` where callbacks are called, one at a time, unless the socket is gone by then. `bytes`: of the messages
  /// that it holds meanwhile.
  template <class Work>
  void run(Work work, std::size_t bytes = 0) {
    if (are_direct()) {
      run_now(work);
    } else {
      run_later(std::move(work), bytes);
    }
  }
  /// With a dispatcher: the same with `work(message)`, of a copy. When the backlog is full the message is dropped and
  /// counted, unless the socket has stopped reading before.
  template <class Work>
  void dispatch(const Message& message, Work work) {
    if (const auto copy = copied(message)) {
      run(
          [copy, work = std::move(work)] {
            work(Message{.topic = copy->topic, .event = copy->event, .payload = copy->payload, .kind = copy->kind});
          },
          copy->topic.size() + copy->event.size() + copy->payload.raw().size());
    }
  }
  /// To be asked after each message. False when the backlog is full: no further message is to be read until `on_room`
  /// is called. While a callback waits for a reply there is room all the same, since the reply must be read.
  bool has_room() noexcept { return are_direct() || backlog_.has_room() || blocked_callbacks_ > 0; }
  /// `on_room`: called on any thread. To be set before the first callback.
  void set_on_room(std::function<void()> on_room) { on_room_ = std::move(on_room); }
  /// Exists while a callback waits for a reply.
  class Blocked {
   public:
    explicit Blocked(Callbacks& callbacks);
    ~Blocked() { --callbacks_.blocked_callbacks_; }
    Blocked(const Blocked&) = delete;
    Blocked& operator=(const Blocked&) = delete;

   private:
    Callbacks& callbacks_;
  };
  /// This thread runs a callback now.
  bool are_running_here() const noexcept {
    return runner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

  /// Calls a function of the user, unless an earlier one has destroyed the socket, and reports what it throws. Within
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

  /// False when the socket is gone: then nothing would wake the one that waits.
  bool add_waiting(const std::shared_ptr<Waiting>& waiting);
  void remove_waiting(const std::shared_ptr<Waiting>& waiting);

  /// Guards every list of callbacks of the socket, and is held while callbacks run: a callback that was removed under
  /// it does not run.
  std::recursive_mutex& mutex() noexcept { return mutex_; }
  std::uint64_t next_binding() noexcept { return ++last_binding_; }
  std::uint64_t errors() const noexcept { return errors_.load(std::memory_order_relaxed); }
  std::uint64_t dropped_messages() const noexcept { return dropped_messages_.load(std::memory_order_relaxed); }

  CallbackList<std::exception_ptr, std::string_view> on_error;

 private:
  struct MessageCopy {
    const std::string topic;
    const std::string event;
    const Payload payload;
    const Message::Kind kind;
  };
  /// A part of the backlog, as long as a callback waits for the dispatcher.
  class Waits {
   public:
    Waits(std::shared_ptr<Callbacks> callbacks, std::size_t bytes) : callbacks_(std::move(callbacks)), bytes_(bytes) {
      callbacks_->backlog_.add(bytes_);
    }
    ~Waits();
    Waits(const Waits&) = delete;
    Waits& operator=(const Waits&) = delete;
    Callbacks& callbacks() const noexcept { return *callbacks_; }

   private:
    const std::shared_ptr<Callbacks> callbacks_;
    const std::size_t bytes_;
  };
  /// Exists while the user's code runs; under the lock.
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

  std::shared_ptr<const MessageCopy> copied(const Message& message);
  template <class Work>
  void run_now(Work& work) {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    const Running running(runner_);
    work();
  }
  void run_later(std::function<void()> work, std::size_t bytes);
  void tell(const std::exception_ptr& error, std::string_view where) noexcept;
  void write_down(std::string_view where);

  const Dispatcher dispatcher_;
  CallbackBacklog backlog_;
  std::function<void()> on_room_;
  std::atomic<std::size_t> blocked_callbacks_{0};
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

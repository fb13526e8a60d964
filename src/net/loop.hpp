#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/counter.hpp"
#include "base/limited_log.hpp"
#include "base/task.hpp"
#include "net/clock.hpp"
#include "net/poller.hpp"
#include "net/timers.hpp"

namespace suzaku::net {

/// One event loop: one thread that owns its connections, timers and all that belongs to them, so none of it needs a
/// lock. Asio waits for sockets, timers and other threads; what a ready socket does is ours
/// (docs/adr/0002-asio-as-reactor.md).
///
/// A turn of the loop handles everything that was ready, then runs the hooks that asked for the turn's end: first those
/// that work, then those that flush. All that a turn has written to a connection thereby leaves in one system call.
class Loop {
 public:
  /// An object that is called at the end of the turn.
  class Hook {
   public:
    virtual void on_turn_end() = 0;

   protected:
    ~Hook() = default;
  };
  enum class Phase { work, flush };

  /// Bytes of the buffer that all connections of the loop read into, one after another.
  static constexpr std::size_t kReadBuffer = 64 * 1024;
  /// Readable bytes behind received bytes: simdjson reads ahead.
  static constexpr std::size_t kPadding = 64;

  /// The clock must outlive the loop.
  explicit Loop(const Clock& clock = Clock::system());
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop(), on the thread that calls it.
  void run();
  /// For tests, instead of run(): does what is to be done now, on the thread that calls it, and returns. Throws
  /// std::logic_error when there is no end of it.
  void run_ready();

  // --- from any thread ---
  void stop();
  /// Runs the task on the loop's thread. Tasks of one thread run in the order they were posted. After the loop has
  /// stopped they are dropped. `weight`: roughly the bytes that the task holds.
  void post(Task task, std::size_t weight = 0);
  /// The weight of all tasks that wait.
  std::size_t backlog() const noexcept { return backlog_.load(std::memory_order_relaxed); }
  bool in_this_thread() const noexcept { return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }

  // --- from the loop's thread only ---
  Timers& timers() noexcept { return timers_; }
  Poller& poller() noexcept { return poller_; }
  /// For log lines that clients can cause.
  log::LimitedLog& limited_log() noexcept { return log_; }
  const Clock& clock() const noexcept { return clock_; }
  TimePoint now() const noexcept { return clock_.now(); }

  /// Calls the hook once at the end of this turn. It must live until then, or be forgotten.
  void at_turn_end(Phase phase, Hook& hook);
  void forget(Hook& hook) noexcept;

  /// Destroys an object after everything that may still refer to it in this turn has run.
  template <class T>
  void dispose(std::unique_ptr<T> object) {
    defer([object = std::move(object)] {});
  }
  /// Runs the task after everything that is ready now.
  void defer(Task task);

  /// Serves no connection until `busy` is false: the clients of this loop produce more than other loops take. Timers
  /// and tasks still run, so two loops cannot wait for each other.
  void pause_while(std::function<bool()> busy);
  bool is_paused() const noexcept { return poller_.is_paused(); }

  /// Frames dropped for slow readers. Written by the loop, read on any thread.
  Counter dropped_frames;

  std::span<char> read_buffer() noexcept { return {read_buffer_.get(), kReadBuffer}; }
  boost::asio::io_context& io() noexcept { return io_; }

 private:
  void begin();
  void take_mail();
  void end_batch();
  void end_turn();
  void run_hooks(std::vector<Hook*>& hooks);

  const Clock& clock_;
  boost::asio::io_context io_;
  log::LimitedLog log_;
  Timers timers_;
  Poller poller_;
  std::atomic<std::thread::id> thread_;
  std::unique_ptr<char[]> read_buffer_;

  std::vector<Hook*> work_hooks_;
  std::vector<Hook*> flush_hooks_;
  std::vector<Hook*> running_hooks_;
  bool turn_end_planned_ = false;
  bool in_batch_ = false;      // sockets are being served: the turn's end is near
  bool has_own_mail_ = false;  // posted within the batch

  struct Mail {
    Task task;
    std::size_t weight;
  };
  std::mutex mail_mutex_;
  std::vector<Mail> mail_;
  std::atomic<std::size_t> backlog_{0};
  std::vector<Mail> inbox_;  // mail that has been fetched; worked off up to inbox_next_
  std::size_t inbox_next_ = 0;
};

}  // namespace suzaku::net

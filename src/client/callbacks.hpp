#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include <suzaku/client/options.hpp>

#include "client/callback_list.hpp"

namespace suzaku::client {

/// Something that somebody may wait for, in a coroutine or blocked.
class Waiting {
 public:
  virtual ~Waiting() = default;
  /// The socket is gone: whoever waits goes on now.
  virtual void abandon() = 0;
};

/// Where, and one at a time, the callbacks of one socket are called; and the end of all of them. Any thread.
class Callbacks : public std::enable_shared_from_this<Callbacks> {
 public:
  explicit Callbacks(Dispatcher dispatcher) : dispatcher_(std::move(dispatcher)) {}

  /// Callbacks are called within the call of run().
  bool are_direct() const noexcept { return !dispatcher_; }
  /// Runs `work` where callbacks are called, one at a time, unless the socket is gone by then.
  void run(std::function<void()> work);

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
  void report(std::exception_ptr error, std::string_view where) noexcept;

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

  CallbackList<std::exception_ptr, std::string_view> on_error;

 private:
  void run_now(const std::function<void()>& work);

  const Dispatcher dispatcher_;
  std::recursive_mutex mutex_;
  bool is_closed_ = false;
  std::set<std::shared_ptr<Waiting>> waiting_;
  std::atomic<std::uint64_t> last_binding_{0};
  std::atomic<std::uint64_t> errors_{0};
};

}  // namespace suzaku::client

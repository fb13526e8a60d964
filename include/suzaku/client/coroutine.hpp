#pragma once

#include <coroutine>
#include <exception>
#include <future>
#include <utility>

namespace suzaku::client {

/// The return type of a coroutine that starts at once and runs by itself. wait() waits for its end.
///
///     Coroutine talk(Channel room) {
///       Reply reply = co_await room.push("shout", {{"body", "hi"}});
///       ...
///     }
///     talk(room).wait();
class [[nodiscard]] Coroutine {
 public:
  /// Waits for the end. Rethrows what the coroutine has thrown.
  void wait() { done_.get(); }
  /// Lets it run; what it throws is lost.
  void detach() noexcept {}

  struct promise_type {
    std::promise<void> done;
    std::exception_ptr error;

    /// Tells of the end when nothing of the coroutine is left.
    struct End {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> coroutine) const noexcept {
        std::promise<void> done = std::move(coroutine.promise().done);
        const std::exception_ptr error = coroutine.promise().error;
        coroutine.destroy();
        error ? done.set_exception(error) : done.set_value();
      }
      void await_resume() const noexcept {}
    };

    Coroutine get_return_object() { return Coroutine(done.get_future()); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    End final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { error = std::current_exception(); }
  };

 private:
  explicit Coroutine(std::future<void> done) noexcept : done_(std::move(done)) {}
  std::future<void> done_;
};

}  // namespace suzaku::client

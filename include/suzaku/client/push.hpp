#pragma once

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <suzaku/client/reply.hpp>

namespace suzaku::client {

class PushImpl;

/// An operation that ends once, with a Reply: a push, a join, a leave, a ping, connect() or disconnect(). A handle:
/// copies are the same operation, and it goes on without any handle.
///
///     channel.push("shout", {{"body", "hi"}})
///         .receive("ok", [](const Payload& response) { ... })
///         .receive("timeout", [](const Payload&) { ... });
///     Reply reply = channel.push("shout", {{"body", "hi"}}).get();
///     Reply reply = co_await channel.push("shout", hi);  // GCC 12 compiles no payload in braces within a co_await
///
/// Functions given to receive() and then() are called where callbacks are called, once, or never after the socket is
/// destroyed. Given after the end, they are called soon.
class Push {
 public:
  /// Calls `callback` when the operation ends with this status: "ok", "error", any other word of the server's, or the
  /// name of an Outcome such as "timeout" and "disconnected".
  Push& receive(std::string_view status, std::function<void(const Payload& response)> callback);
  /// Calls `callback` however the operation ends.
  Push& then(std::function<void(const Reply&)> callback);

  /// Waits for the end, at most until the time-out of the operation. connect() has none, so use get_for(). Throws
  /// std::logic_error on the client's own thread, where waiting would never end.
  Reply get() const;
  /// Waits for at most this long; nothing if it has not ended by then.
  std::optional<Reply> get_for(std::chrono::nanoseconds time) const;
  /// The reply, if it has ended.
  std::optional<Reply> try_get() const;

  /// Ends the operation with Outcome::cancelled, unless it has ended. What was not sent yet is not sent; the answer to
  /// what was sent is ignored. A join or a connect() that is cancelled goes on: leave() and disconnect() undo them.
  void cancel();

  /// `co_await push` gives the Reply. The coroutine goes on where callbacks are called; when the socket is destroyed,
  /// with Outcome::closed, within its destructor. It may be destroyed while it waits, where callbacks are called or
  /// while none can be.
  auto operator co_await() const noexcept;

  explicit Push(std::shared_ptr<PushImpl> impl) noexcept : impl_(std::move(impl)) {}

 private:
  class Awaiter;
  std::shared_ptr<PushImpl> impl_;
};

class Push::Awaiter {
 public:
  explicit Awaiter(Push push) noexcept : push_(std::move(push)) {}
  Awaiter(const Awaiter&) = delete;
  Awaiter& operator=(const Awaiter&) = delete;
  ~Awaiter();

  bool await_ready() const { return push_.try_get().has_value(); }
  bool await_suspend(std::coroutine_handle<> waiting);
  Reply await_resume() {
    waiting_ = nullptr;
    return *push_.try_get();
  }

 private:
  Push push_;
  std::coroutine_handle<> waiting_;
};

inline auto Push::operator co_await() const noexcept {
  return Awaiter(*this);
}

}  // namespace suzaku::client

#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <suzaku/client/push.hpp>

#include "client/callbacks.hpp"
#include "client/core/completion.hpp"

namespace suzaku::client {

class Engine;

/// What the handles of an operation share. Any thread.
class PushImpl final : public core::Completion, public Waiting, public std::enable_shared_from_this<PushImpl> {
 public:
  PushImpl(std::shared_ptr<Callbacks> callbacks, std::weak_ptr<Engine> engine)
      : callbacks_(std::move(callbacks)), engine_(std::move(engine)) {}

  // core::Completion
  bool on_send() override;
  void finish(Reply reply) override;
  bool is_finished() const noexcept override { return is_finished_.load(std::memory_order_acquire); }
  // Waiting
  void abandon() override;

  void then(std::function<void(const Reply&)> callback);
  /// Called once by cancel(), if that ended the operation.
  void set_on_cancel(std::function<void()> tell) { on_cancel_ = std::move(tell); }
  void cancel();
  /// Throws std::logic_error on the engine's thread, where waiting would never end.
  std::optional<Reply> wait(std::optional<std::chrono::nanoseconds> time);
  std::optional<Reply> reply() const;
  /// False when it has ended already: the coroutine is not to wait.
  bool suspend(std::coroutine_handle<> waiting);
  /// This coroutine is destroyed: it is not to be resumed.
  void forget(std::coroutine_handle<> waiting);

 private:
  /// False when it has ended already.
  bool end(Reply reply);
  bool has_listeners() const;
  /// Calls the callbacks and resumes the coroutine, where callbacks are called.
  void tell();
  /// The same later, from any thread.
  void tell_soon();
  void resume();

  const std::shared_ptr<Callbacks> callbacks_;
  const std::weak_ptr<Engine> engine_;
  std::function<void()> on_cancel_;  // set before it is shared
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<Reply> reply_;
  bool was_sent_ = false;
  std::vector<std::function<void(const Reply&)>> thens_;
  std::coroutine_handle<> waiting_;
  std::atomic<bool> is_finished_{false};
};

}  // namespace suzaku::client

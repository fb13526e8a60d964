#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <suzaku/client/channel.hpp>

#include "client/callback_list.hpp"
#include "client/callbacks.hpp"
#include "client/core/observers.hpp"

namespace suzaku::client {

class SocketImpl;

/// What the handles of a channel share: its callbacks and its public state. Any thread, except for the functions of
/// core::ChannelObserver.
class ChannelImpl final : public core::ChannelObserver, public std::enable_shared_from_this<ChannelImpl> {
 public:
  ChannelImpl(std::weak_ptr<SocketImpl> socket, std::shared_ptr<Callbacks> callbacks, std::string topic,
              JoinParams params);

  Push join(std::optional<std::chrono::milliseconds> timeout);
  Push leave(std::optional<std::chrono::milliseconds> timeout);
  Push push(std::string_view event, Payload payload, PushOptions options);
  void set_params(JoinParams params);

  Channel::Binding on(std::string_view event, std::function<void(const Message&)> callback);
  void off(Channel::Binding binding);
  void off(std::string_view event);
  template <class... Args, class F>
  Channel::Binding add(CallbackList<Args...> ChannelImpl::* list, F callback) {
    const std::lock_guard lock(callbacks_->mutex());
    const auto binding = callbacks_->next_binding();
    (this->*list).add(binding, std::move(callback));
    return binding;
  }

  Channel::State state() const noexcept { return state_.load(std::memory_order_acquire); }
  std::size_t buffered() const noexcept { return buffered_.load(std::memory_order_acquire); }
  const std::shared_ptr<Callbacks>& callbacks() const noexcept { return callbacks_; }
  std::weak_ptr<Engine> engine() const;

  // core::ChannelObserver
  const std::string& topic() const noexcept override { return topic_; }
  void request_join_params(const JoinAttempt& attempt, core::RequestId request_id) override;
  void on_state(Channel::State state) override;
  void on_joined(const Joined& joined) override;
  void on_gap(const Gap& gap) override;
  void on_error(const ChannelError& error) override;
  void on_close(const Payload& reason) override;
  void on_message(const Message& message) override;
  void on_buffered(std::size_t count) override;

  CallbackList<const Joined&> joined_callbacks;
  CallbackList<const ChannelError&> error_callbacks;
  CallbackList<const Payload&> close_callbacks;
  CallbackList<const Gap&> gap_callbacks;

 private:
  JoinParams params() const;
  /// Whether there is room for a push. The time that it waits is subtracted from `time`.
  bool wait_for_room(std::chrono::milliseconds& time);
  void tell_waiters();
  /// There is a callback for this event, or for all. Any thread.
  bool listens_to(std::string_view event) const;
  void deliver(const Message& message);

  const std::weak_ptr<SocketImpl> socket_;
  const std::shared_ptr<Callbacks> callbacks_;
  const std::string topic_;
  mutable std::mutex params_mutex_;
  JoinParams params_;  // guarded by params_mutex_
  // Guarded by callbacks_->mutex(). Its keys change under events_mutex_, too, and may be read under either.
  std::map<std::string, CallbackList<const Message&>, std::less<>> on_message_;
  mutable std::mutex events_mutex_;
  std::atomic<Channel::State> state_{Channel::State::closed};

  // Pushes on their way to the engine, and those that wait there. A push that waits for room waits for a change.
  std::atomic<std::size_t> posted_{0};
  std::atomic<std::size_t> buffered_{0};
  std::atomic<std::size_t> waiters_{0};
  std::mutex room_mutex_;
  std::condition_variable room_;
};

}  // namespace suzaku::client

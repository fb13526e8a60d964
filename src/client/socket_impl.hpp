#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/client/socket.hpp>

#include "base/log_limit.hpp"
#include "client/callback_list.hpp"
#include "client/callbacks.hpp"
#include "client/core/counters.hpp"
#include "client/core/socket.hpp"
#include "client/credential_source.hpp"
#include "client/join_params_source.hpp"
#include "client/push_impl.hpp"

namespace suzaku::client {

class ChannelImpl;

/// The implementation of Socket: the state machine, and access to it from any thread.
class SocketImpl final : public core::SocketObserver, public std::enable_shared_from_this<SocketImpl> {
 public:
  SocketImpl(const std::vector<std::string>& urls, SocketOptions options, const std::shared_ptr<Engine>& engine);

  /// Calls `work(core::Socket&)` on the engine's thread, in the order of the calls. When the socket is gone it is not
  /// called, and an operation ends with Outcome::closed.
  template <class Work>
  Push start(Work work) {
    auto push = std::make_shared<PushImpl>(callbacks_, engine_handle_);
    start(push, std::move(work));
    return Push(push);
  }
  template <class Work>
  void start(std::shared_ptr<PushImpl> push, Work work) {
    post([pledge = Pledge(std::move(push)), work = std::move(work)](core::Socket& socket) mutable {
      work(socket, pledge.take());
    });
  }
  template <class Work>
  void post(Work work) {
    const std::lock_guard lock(engine_mutex_);
    if (!engine_) return;
    engine_->post([weak = weak_from_this(), work = std::move(work)]() mutable {
      if (const auto self = weak.lock(); self && self->core_) work(*self->core_);
    });
  }
  /// To be called once, before all else.
  void start();
  /// To be called when the Socket is destroyed.
  void close();

  std::shared_ptr<ChannelImpl> channel(std::string_view topic, std::optional<JoinParams> params);
  void request_join_params(JoinParamsSource::Request request);
  Metrics metrics() const;
  Json dump_state();

  const SocketOptions& options() const noexcept { return options_; }
  const std::weak_ptr<Engine>& engine_handle() const noexcept { return engine_handle_; }
  const std::shared_ptr<Callbacks>& callbacks() const noexcept { return callbacks_; }
  Socket::Status status() const noexcept { return status_.load(std::memory_order_acquire); }
  bool in_engine_thread() const noexcept;

  // core::SocketObserver
  void request_credentials(const ConnectAttempt& attempt, core::RequestId request_id) override;
  void on_status(Socket::Status status) override;
  void on_open(const Socket::Opened& opened) override;
  void on_close(const Disconnect& reason) override;
  void on_reconnect(const Socket::Reconnecting& reconnecting) override;
  void on_give_up(const Disconnect& reason) override;
  void on_message(const Message& message) override;
  bool has_room() noexcept override { return callbacks_->has_room(); }
  void on_bad_payload(std::string_view topic, std::string_view event, std::string_view why) override;
  void on_user_error(std::exception_ptr error, std::string_view where) override;

  template <class... Args, class F>
  Socket::Binding add(CallbackList<Args...> SocketImpl::* list, F callback) {
    const std::lock_guard lock(callbacks_->mutex());
    const auto binding = callbacks_->next_binding();
    (this->*list).add(binding, std::move(callback));
    return binding;
  }
  void off(Socket::Binding binding);

  CallbackList<const Socket::Opened&> open_callbacks;
  CallbackList<const Disconnect&> close_callbacks;
  CallbackList<const Socket::Reconnecting&> reconnect_callbacks;
  CallbackList<const Disconnect&> give_up_callbacks;
  CallbackList<const Message&> message_callbacks;

 private:
  void deliver(const Message& message);

  /// An operation on its way to the engine. It ends when its task is destroyed.
  class Pledge {
   public:
    explicit Pledge(std::shared_ptr<PushImpl> push) noexcept : push_(std::move(push)) {}
    Pledge(Pledge&&) noexcept = default;
    Pledge& operator=(Pledge&&) noexcept = default;
    ~Pledge();
    std::shared_ptr<PushImpl> take() noexcept { return std::exchange(push_, nullptr); }

   private:
    std::shared_ptr<PushImpl> push_;
  };

  void end(Engine& engine);

  /// Held while a function of the options is called on the engine's thread.
  struct Gate {
    std::recursive_mutex mutex;  // the function may destroy the socket
    bool is_closed = false;
  };
  template <class Result, class... Args>
  static void guard(std::function<Result(Args...)>& function, const std::shared_ptr<Gate>& gate);
  static SocketOptions guarded(SocketOptions options, const std::shared_ptr<Gate>& gate);

  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  const SocketOptions options_;
  const std::shared_ptr<Callbacks> callbacks_;
  const std::shared_ptr<CredentialSource> credentials_;
  const std::shared_ptr<JoinParamsSource> join_params_ = std::make_shared<JoinParamsSource>();
  const std::weak_ptr<Engine> engine_handle_;
  mutable std::mutex engine_mutex_;
  Engine* engine_;  // until close(); guarded by engine_mutex_
  core::Counters counters_;
  std::atomic<Socket::Status> status_{Socket::Status::disconnected};
  std::map<std::string, std::weak_ptr<ChannelImpl>, std::less<>> channels_;  // guarded by callbacks_->mutex()
  std::size_t prune_channels_at_ = 16;
  LogLimit bad_payload_lines_{10};      // the engine's thread only
  std::unique_ptr<core::Socket> core_;  // the engine's thread only; ends before the engine does
};

}  // namespace suzaku::client

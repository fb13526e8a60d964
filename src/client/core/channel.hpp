#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/serializer.hpp>
#include <suzaku/json.hpp>

#include "client/core/completion.hpp"
#include "client/core/engine.hpp"
#include "client/core/join_state.hpp"
#include "client/core/observers.hpp"
#include "client/core/operations.hpp"
#include "client/core/pushes.hpp"
#include "client/core/rejoin_policy.hpp"

namespace suzaku::client::core {

class Socket;

/// A channel from its join() until it is closed: phoenix.js's Channel. Its socket makes it when join() is called,
/// and destroys it when is_closed().
class Channel {
 public:
  Channel(Socket& socket, std::shared_ptr<ChannelObserver> observer);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // --- calls of the user ---
  void join(std::chrono::milliseconds timeout, std::shared_ptr<Completion> completion);
  void leave(std::chrono::milliseconds timeout, std::shared_ptr<Completion> completion);
  void push(Operation push, std::chrono::milliseconds timeout);
  /// Drops pushes that wait and were cancelled.
  void drop_cancelled() { pushes_.drop_cancelled(); }

  // --- events from the socket ---
  /// The connection is open.
  void on_open();
  /// The connection is lost, or closed on purpose.
  void on_lost(const Disconnect& reason);
  /// There will be no connection, for this reason.
  void on_give_up(const Reply& reply);
  /// The join limiter allows this channel to join.
  void on_may_join();
  void join_params(RequestId request_id, Result<Payload> params);
  /// One of its operations has a reply, or has expired (then without).
  void on_reply(Ref ref, Operation operation, const Serializer::Incoming& reply);
  void on_expired(Ref ref, Operation operation);
  /// phx_close, phx_error, or any other event; not a reply.
  void on_message(const Serializer::Incoming& message);
  /// Sends the pushes that wait, up to SocketOptions::max_unsent; `all`: without that limit.
  void flush(bool all = false);

  const std::string& topic() const noexcept { return observer_->topic(); }
  JoinState state() const noexcept { return state_; }
  bool is_closed() const noexcept { return state_ == JoinState::closed; }
  /// It counts against the limit of the join limiter.
  bool holds_join_slot() const noexcept {
    return state_ == JoinState::requesting_params || state_ == JoinState::joining;
  }
  Ref join_ref() const noexcept { return join_ref_; }
  Json dump() const;

 private:
  void enter(JoinState state);
  void begin_join();
  void on_params_timeout();
  void send_join(const Payload& params);
  void on_join_reply(const Serializer::Incoming& message);
  void finish_join_calls(const Reply& reply);
  void leave_unwanted();
  void fail(ChannelError error);
  void schedule_rejoin(ChannelError& error);
  void miss_messages();
  void tell_gap();
  void on_push_reply(Operation operation, const Serializer::Incoming& message);
  void on_left(const Reply& reply, const Payload& reason);
  void close(const Payload& reason);

  Socket& socket_;
  std::shared_ptr<ChannelObserver> observer_;
  Pushes pushes_;
  RejoinPolicy rejoins_;
  JoinState state_ = JoinState::closed;
  bool joined_once_ = false;
  bool tries_again_ = true;  // it was not given up
  bool join_again_ = false;  // join() came while leaving
  Ref join_ref_ = 0;         // of the last phx_join; 0: none that counts
  Ref leave_ref_ = 0;
  RequestId request_id_ = 0;
  std::optional<std::chrono::system_clock::time_point> lost_at_;  // when messages may have begun to be missed
  std::chrono::milliseconds join_timeout_{0};
  Engine::TimerId rejoin_timer_ = Engine::kNoTimer;
  Engine::TimerId params_timer_ = Engine::kNoTimer;  // while it is requesting_params
  Payload joined_with_;                              // the server's response to the join
  std::vector<Ref> join_calls_;
  std::vector<std::shared_ptr<Completion>> leave_calls_;
};

}  // namespace suzaku::client::core

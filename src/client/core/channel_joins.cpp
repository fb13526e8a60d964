// The joins of a channel: how they are sent, fail, and are tried again.
#include <algorithm>
#include <utility>

#include "client/core/channel.hpp"
#include "client/core/replies.hpp"
#include "client/core/socket.hpp"
#include "protocol/message.hpp"

namespace suzaku::client::core {

namespace event = protocol::event;

void Channel::join(std::chrono::milliseconds timeout, std::shared_ptr<Completion> completion) {
  if (state_ == JoinState::joined) {
    completion->finish({.response = joined_with_});
    return;
  }
  join_timeout_ = timeout;
  tries_again_ = true;
  join_calls_.push_back(socket_.start(
      {.kind = Operation::Kind::join_call, .channel = this, .completion = std::move(completion)}, timeout));
  if (state_ == JoinState::leaving) {
    join_again_ = true;
  } else if (state_ == JoinState::closed || state_ == JoinState::errored) {
    rejoins_.start(socket_.engine().now());
    begin_join();
  }
}

void Channel::begin_join() {
  socket_.engine().cancel(std::exchange(rejoin_timer_, Engine::kNoTimer));
  enter(JoinState::waiting);
  if (socket_.is_open()) socket_.join_limiter().request(*this);
}

void Channel::on_open() {
  rejoins_.start(socket_.engine().now());
  if (state_ == JoinState::waiting || (state_ == JoinState::errored && tries_again_)) begin_join();
}

void Channel::on_may_join() {
  request_id_ = socket_.next_request_id();
  enter(JoinState::requesting_params);
  const SocketOptions& options = socket_.options();
  if (options.join_params_may_block)
    params_timer_ = socket_.engine().after(options.credentials_timeout, [this] { on_params_timeout(); });
  observer_->request_join_params({.attempt = rejoins_.attempt(), .is_rejoin = joined_once_}, request_id_);
}

void Channel::join_params(RequestId request_id, Result<Payload> params) {
  if (state_ != JoinState::requesting_params || request_id != request_id_) return;
  if (!params) {
    fail({.kind = ChannelError::Kind::params_failed, .message = std::move(params.error().message)});
  } else {
    send_join(*params);
  }
}

void Channel::on_params_timeout() {
  params_timer_ = Engine::kNoTimer;
  fail({.kind = ChannelError::Kind::params_failed,
        .message = "the function that gives the join's params did not return within " +
                   std::to_string(socket_.options().credentials_timeout.count()) + " ms"});
}

void Channel::send_join(const Payload& params) {
  join_ref_ = socket_.start({.kind = Operation::Kind::join, .in_flight = true, .channel = this}, join_timeout_);
  Operation* join = socket_.operations().find(join_ref_);
  join->join_ref = join_ref_;
  enter(JoinState::joining);
  const auto sent = socket_.send({join_ref_, join_ref_, topic(), event::kJoin, params});
  if (!sent) {
    socket_.operations().take(join_ref_);
    fail({.kind = ChannelError::Kind::params_failed, .message = sent.error().message});
  }
}

void Channel::on_join_reply(const Serializer::Incoming& message) {
  Reply reply = reply_from(message);
  if (reply.refusal == Refusal::unmatched_topic) reply.message = "the server has no such channel";
  if (reply.ok()) {
    socket_.counters().joins.add();
    rejoins_.on_joined(socket_.engine().now());
    joined_with_ = reply.response;
    const bool is_rejoin = std::exchange(joined_once_, true);
    enter(JoinState::joined);
    tell_gap();
    observer_->on_joined({.response = joined_with_, .is_rejoin = is_rejoin});
    finish_join_calls(reply);
    flush();
    return;
  }
  socket_.counters().join_errors.add();
  if (!message.payload_error.empty()) leave_unwanted();
  ChannelError error{
      .kind = ChannelError::Kind::refused, .payload = reply.response, .message = reply.message, .will_rejoin = true};
  error.will_rejoin = rejoins_.retries_refused(reply);
  finish_join_calls(reply);
  fail(std::move(error));
}

/// The server may complete a join that has failed here; without a leave it would send messages that are not wanted.
void Channel::leave_unwanted() {
  socket_.send({join_ref_, socket_.operations().next_ref(), topic(), event::kLeave, {}});
}

void Channel::fail(ChannelError error) {
  miss_messages();
  join_ref_ = 0;
  enter(JoinState::errored);
  pushes_.end_sent(ended(Outcome::disconnected, "the channel has failed: " + error.message, true), true);
  if (error.will_rejoin && socket_.is_open()) schedule_rejoin(error);
  tries_again_ = error.will_rejoin;
  if (!tries_again_) on_give_up(ended(Outcome::error, error.message));
  observer_->on_error(error);
}

void Channel::schedule_rejoin(ChannelError& error) {
  const Decision decision = rejoins_.on_failure(error.message, socket_.engine().now(), socket_.engine().random());
  error.will_rejoin = decision.retry;
  if (!decision.retry) {
    error.message += "; " + decision.why;
    return;
  }
  rejoin_timer_ = socket_.engine().after(decision.delay, [this] {
    rejoin_timer_ = Engine::kNoTimer;
    begin_join();
  });
}

/// From now on messages may be missed, unless a gap has begun already.
void Channel::miss_messages() {
  if (joined_once_ && !lost_at_) lost_at_ = socket_.heard_at();
}

/// The gap ends here.
void Channel::tell_gap() {
  if (const auto since = std::exchange(lost_at_, std::nullopt)) {
    observer_->on_gap({.topic = topic(), .since = *since, .until = std::max(*since, socket_.engine().wall_clock())});
  }
}

void Channel::on_lost(const Disconnect& reason) {
  socket_.engine().cancel(std::exchange(rejoin_timer_, Engine::kNoTimer));
  if (state_ == JoinState::leaving) {
    on_left(Reply{.message = "there is no connection any more"}, {});
    return;
  }
  const bool was_up =
      state_ == JoinState::requesting_params || state_ == JoinState::joining || state_ == JoinState::joined;
  miss_messages();
  socket_.operations().take(join_ref_);  // the phx_join, if it is under way
  join_ref_ = 0;
  pushes_.end_sent(ended(Outcome::disconnected, reason.message, true), true);
  if (!was_up) return;
  enter(JoinState::errored);
  observer_->on_error({.kind = ChannelError::Kind::disconnected,
                       .message = reason.message,
                       .will_rejoin = reason.kind != Disconnect::Kind::requested});
}

void Channel::on_give_up(const Reply& reply) {
  finish_join_calls(reply);
  pushes_.end_waiting(reply);
}

void Channel::finish_join_calls(const Reply& reply) {
  for (const Ref ref : std::exchange(join_calls_, {})) {
    if (auto call = socket_.operations().take(ref)) socket_.finish(*call, reply);
  }
}

}  // namespace suzaku::client::core

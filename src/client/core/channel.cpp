#include "client/core/channel.hpp"

#include <algorithm>
#include <utility>

#include "client/core/replies.hpp"
#include "client/core/socket.hpp"
#include "protocol/message.hpp"

namespace suzaku::client::core {

namespace event = protocol::event;

Channel::Channel(Socket& socket, std::shared_ptr<ChannelObserver> observer)
    : socket_(socket),
      observer_(std::move(observer)),
      pushes_(socket, *this, *observer_),
      rejoins_(socket.options().rejoin, socket.observer()) {
  socket_.counters().channels.add();
}

Channel::~Channel() {
  for (const auto& call : leave_calls_) call->finish(ended(Outcome::closed, "the socket was destroyed"));
  socket_.engine().cancel(rejoin_timer_);
  socket_.counters().channels.subtract();
}

// --- joining ---

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
  const Reply reply = reply_from(message);
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

// --- leaving ---

void Channel::leave(std::chrono::milliseconds timeout, std::shared_ptr<Completion> completion) {
  leave_calls_.push_back(std::move(completion));
  if (state_ == JoinState::leaving) {
    join_again_ = false;
    finish_join_calls(ended(Outcome::cancelled, "leave() was called"));
    pushes_.end_waiting(ended(Outcome::closed, "the channel was left before this was sent"));
    return;
  }
  socket_.engine().cancel(std::exchange(rejoin_timer_, Engine::kNoTimer));
  finish_join_calls(ended(Outcome::cancelled, "leave() was called", state_ == JoinState::joining));
  pushes_.end_waiting(ended(Outcome::closed, "the channel was left before this was sent"));
  const bool server_knows = state_ == JoinState::joined || state_ == JoinState::joining;
  if (!server_knows) {
    on_left(Reply{.message = "the channel was not joined"}, {});
    return;
  }
  if (state_ == JoinState::joining) socket_.operations().take(join_ref_);
  leave_ref_ = socket_.start(
      {.kind = Operation::Kind::leave, .in_flight = true, .channel = this, .join_ref = join_ref_}, timeout);
  enter(JoinState::leaving);
  const auto sent = socket_.send({join_ref_, leave_ref_, topic(), event::kLeave, {}});
  if (!sent) on_left(ended(Outcome::error, sent.error().message), {});
}

void Channel::on_left(const Reply& reply, const Payload& reason) {
  for (const auto& call : std::exchange(leave_calls_, {})) call->finish(reply);
  pushes_.end_sent(ended(Outcome::closed, "the channel was left", true), false);
  socket_.operations().take(leave_ref_);
  if (!std::exchange(join_again_, false)) {
    close(reason);
    return;
  }
  join_ref_ = 0;
  rejoins_.start(socket_.engine().now());
  joined_once_ = false;
  lost_at_.reset();
  observer_->on_close(reason);
  begin_join();
}

void Channel::close(const Payload& reason) {
  socket_.engine().cancel(std::exchange(rejoin_timer_, Engine::kNoTimer));
  const Reply reply = ended(Outcome::closed, "the channel is closed");
  for (const auto& call : std::exchange(leave_calls_, {})) call->finish({});
  finish_join_calls(reply);
  socket_.operations().take(join_ref_);  // the phx_join, if it is under way
  socket_.operations().take(leave_ref_);
  pushes_.end_waiting(reply);
  pushes_.end_sent(ended(Outcome::closed, "the server has closed the channel", true), false);
  join_ref_ = 0;
  enter(JoinState::closed);
  observer_->on_close(reason);
}

// --- what comes in ---

void Channel::on_reply(Ref ref, Operation operation, const Serializer::Incoming& reply) {
  switch (operation.kind) {
    case Operation::Kind::join:
      if (state_ == JoinState::joining && ref == join_ref_) on_join_reply(reply);
      break;
    case Operation::Kind::leave:
      on_left(reply_from(reply), {});
      break;
    case Operation::Kind::push:
      on_push_reply(std::move(operation), reply);
      break;
    case Operation::Kind::join_call:
    case Operation::Kind::heartbeat:
      break;
  }
}

void Channel::on_push_reply(Operation operation, const Serializer::Incoming& message) {
  Reply reply = reply_from(message);
  std::optional<ChannelError> error;
  if (reply.refusal == Refusal::unmatched_topic && state_ == JoinState::joined && operation.join_ref == join_ref_) {
    error = {.kind = ChannelError::Kind::unmatched_topic, .payload = reply.response, .message = reply.message};
  }
  pushes_.on_reply(std::move(operation), std::move(reply));
  if (error) fail(std::move(*error));
}

void Channel::on_expired(Ref ref, Operation operation) {
  switch (operation.kind) {
    case Operation::Kind::join:
      if (state_ != JoinState::joining || ref != join_ref_) break;
      socket_.counters().join_errors.add();
      leave_unwanted();
      fail({.kind = ChannelError::Kind::timeout, .message = "the server did not answer the join in time"});
      break;
    case Operation::Kind::join_call:
      std::erase(join_calls_, ref);
      socket_.finish(operation, ended(Outcome::timeout,
                                      state_ == JoinState::joining ? "the server did not answer the join in time"
                                                                   : "the channel could not be joined in time: it is " +
                                                                         std::string(to_string(state_)),
                                      state_ == JoinState::joining));
      break;
    case Operation::Kind::leave:
      on_left(ended(Outcome::timeout, "the server did not answer the leave in time", true), {});
      break;
    case Operation::Kind::push:
      pushes_.on_expired(std::move(operation), to_string(state_));
      break;
    case Operation::Kind::heartbeat:
      break;
  }
}

void Channel::on_message(const Serializer::Incoming& message) {
  if (message.event == event::kClose) {
    if (state_ == JoinState::leaving) {
      on_left({}, message.payload);
    } else if (state_ == JoinState::joined || state_ == JoinState::joining) {
      close(message.payload);
    }
  } else if (message.event == event::kError) {
    if (state_ == JoinState::leaving) {
      on_left({}, message.payload);
    } else if (state_ == JoinState::joined || state_ == JoinState::joining) {
      socket_.operations().take(join_ref_);
      fail({.kind = ChannelError::Kind::crashed,
            .payload = message.payload,
            .message = "the server's channel has crashed"});
    }
  } else if (state_ == JoinState::joined ||
             state_ == JoinState::joining) {  // a broadcast may overtake the reply to the join
    tell_gap();
    observer_->on_message(message_from(message));
  } else {
    socket_.counters().stale_frames.add();  // of an earlier join
  }
}

// --- pushes ---

void Channel::push(Operation push, std::chrono::milliseconds timeout) {
  if ((state_ == JoinState::leaving && !join_again_) || state_ == JoinState::closed) {
    socket_.finish(push, ended(Outcome::closed, "the channel is not joined; call join() first"));
  } else if (state_ == JoinState::errored && !tries_again_) {
    socket_.finish(push, ended(Outcome::error, "the channel was given up and is not joined again; call join() first"));
  } else {
    pushes_.add(std::move(push), timeout, state_ == JoinState::joined ? join_ref_ : 0);
  }
}

void Channel::flush(bool all) {
  if (state_ == JoinState::joined) pushes_.flush(join_ref_, all);
}

void Channel::finish_join_calls(const Reply& reply) {
  for (const Ref ref : std::exchange(join_calls_, {})) {
    if (auto call = socket_.operations().take(ref)) socket_.finish(*call, reply);
  }
}

void Channel::enter(JoinState state) {
  if (state == state_) return;
  const bool held_join_slot = holds_join_slot();
  const auto before = public_state(state_);
  state_ = state;
  if (held_join_slot && !holds_join_slot()) socket_.join_limiter().release();
  if (public_state(state) != before) observer_->on_state(public_state(state));
}

Json Channel::dump() const {
  boost::json::object dump{
      {"topic", topic()}, {"state", std::string(to_string(state_))}, {"buffered", pushes_.waiting()}};
  if (join_ref_ != 0) dump["join_ref"] = join_ref_;
  if (state_ != JoinState::joined) dump["attempt"] = rejoins_.attempt();
  return dump;
}

}  // namespace suzaku::client::core

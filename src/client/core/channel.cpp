#include "client/core/channel.hpp"

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
  socket_.engine().cancel(params_timer_);
  socket_.counters().channels.subtract();
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

// --- its state ---

void Channel::enter(JoinState state) {
  if (state == state_) return;
  const bool held_join_slot = holds_join_slot();
  socket_.engine().cancel(std::exchange(params_timer_, Engine::kNoTimer));
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

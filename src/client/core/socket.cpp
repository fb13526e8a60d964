#include "client/core/socket.hpp"

#include <algorithm>
#include <utility>

#include "client/core/backoff.hpp"
#include "client/core/replies.hpp"

namespace suzaku::client::core {

Socket::Socket(Engine& engine, const SocketOptions& options, const std::vector<std::string>& urls,
               Serializer& serializer, SocketObserver& observer, Counters& counters)
    : engine_(engine),
      options_(options),
      serializer_(serializer),
      observer_(observer),
      counters_(counters),
      operations_(counters.operations),
      join_limiter_(options.rejoin.max_concurrent),
      link_(engine, options, urls, serializer.vsn(), *this, counters) {}

Socket::~Socket() {
  finish_everything(ended(Outcome::closed, "the socket was destroyed"));
  engine_.cancel(deadline_timer_);
}

// --- calls of the user ---

void Socket::connect(std::shared_ptr<Completion> completion) {
  if (link_.is_open()) {
    completion->finish({});
    return;
  }
  std::erase_if(connect_calls_, [](const auto& call) { return call->is_finished(); });
  connect_calls_.push_back(std::move(completion));
  link_.connect();
}

void Socket::disconnect(std::uint16_t code, std::string_view reason, std::shared_ptr<Completion> completion) {
  for (const auto& call : std::exchange(connect_calls_, {})) {
    call->finish(ended(Outcome::cancelled, "disconnect() was called"));
  }
  if (link_.is_idle()) {
    completion->finish({});
    return;
  }
  disconnect_calls_.push_back(std::move(completion));
  for_each_channel([](Channel& channel) { channel.flush(true); });
  link_.disconnect(code, reason);
}

void Socket::join(std::shared_ptr<ChannelObserver> channel, std::chrono::milliseconds timeout,
                  std::shared_ptr<Completion> completion) {
  auto& slot = channels_[channel->topic()];
  if (!slot) slot = std::make_unique<Channel>(*this, std::move(channel));
  slot->join(timeout, std::move(completion));
}

void Socket::leave(const std::string& topic, std::chrono::milliseconds timeout,
                   std::shared_ptr<Completion> completion) {
  Channel* channel = find(topic);
  if (!channel) {
    completion->finish({.message = "the channel was not joined"});
    return;
  }
  channel->leave(timeout, std::move(completion));
  forget_closed(channel);
}

void Socket::push(const std::string& topic, Push push, std::shared_ptr<Completion> completion) {
  counters_.pushes.add();
  Operation operation{
      .resend = push.options.resend,
      .completion = std::move(completion),
      .event = std::move(push.event),
      .payload = std::move(push.payload),
  };
  if (Channel* channel = find(topic)) {
    channel->push(std::move(operation), push.options.timeout.value_or(options_.timeout));
  } else {
    finish(operation, ended(Outcome::closed, "the channel is not joined; call join() first"));
  }
}

void Socket::drop_cancelled(const std::string& topic) {
  if (Channel* channel = find(topic)) channel->drop_cancelled();
}

void Socket::ping(std::shared_ptr<Completion> completion) {
  if (!link_.is_open()) {
    completion->finish(ended(Outcome::disconnected, "there is no connection"));
  } else {
    heartbeat_.send(std::move(completion));
  }
}

void Socket::network_changed() {
  if (!link_.wake() && link_.is_open() && !heartbeat_.is_waiting()) heartbeat_.send(nullptr);
}

void Socket::shut_down(Task done) {
  finish_everything(ended(Outcome::closed, "the socket was destroyed"));
  join_limiter_.clear();
  channels_.clear();
  heartbeat_.stop();
  if (link_.is_idle()) {
    done();
    return;
  }
  shut_down_done_ = std::move(done);
  link_.disconnect(1000, {});
}

// --- the connection ---

RequestId Socket::request_credentials(const ConnectAttempt& attempt) {
  const RequestId request_id = next_request_id();
  observer_.request_credentials(attempt, request_id);
  return request_id;
}

void Socket::credentials(RequestId request_id, Result<Credentials> credentials) {
  link_.credentials(request_id, std::move(credentials));
}

void Socket::on_link_status(client::Socket::Status status) {
  observer_.on_status(status);
}

void Socket::on_link_open(const client::Socket::Opened& opened) {
  message_at_ = engine_.now();
  observer_.on_open(opened);
  for (const auto& call : std::exchange(connect_calls_, {})) call->finish({});
  if (link_.is_proven()) {
    heartbeat_.schedule();
  } else {
    heartbeat_.send(nullptr);  // its answer proves the connection
  }
  for_each_channel([](Channel& channel) { channel.on_open(); });
}

void Socket::on_link_down(const Disconnect& reason) {
  heartbeat_.stop();
  join_limiter_.clear();
  is_paused_ = false;
  if (reason.kind == Disconnect::Kind::protocol_error) counters_.bad_frames.add();
  observer_.on_close(reason);
  for (const Ref ref : operations_.refs()) {
    if (Operation* operation = operations_.find(ref); operation && operation->kind == Operation::Kind::heartbeat) {
      auto heartbeat = operations_.take(ref);
      finish(*heartbeat, ended(Outcome::disconnected, reason.message, true));
    }
  }
  for_each_channel([&](Channel& channel) { channel.on_lost(reason); });
}

void Socket::on_link_retry(const client::Socket::Reconnecting& reconnecting) {
  observer_.on_reconnect(reconnecting);
}

void Socket::on_link_end(const Disconnect& reason) {
  const bool requested = reason.kind == Disconnect::Kind::requested;
  for (const auto& call : std::exchange(disconnect_calls_, {})) call->finish({});
  if (!requested) {
    const Reply reply = ended(Outcome::error, reason.message);
    for (const auto& call : std::exchange(connect_calls_, {})) call->finish(reply);
    for_each_channel([&](Channel& channel) { channel.on_give_up(reply); });
    observer_.on_give_up(reason);
  }
  if (shut_down_done_) std::exchange(shut_down_done_, {})();
}

void Socket::on_user_error(std::exception_ptr error, std::string_view where) {
  observer_.on_user_error(std::move(error), where);
}

// --- operations and their time ---

Ref Socket::start(Operation operation, std::chrono::milliseconds timeout) {
  operation.sent_at = engine_.now();
  const TimePoint deadline = operation.sent_at + std::clamp(timeout, std::chrono::milliseconds(0), kLongestDelay);
  const Ref ref = operations_.add(std::move(operation), deadline);
  if (deadline_timer_ == Engine::kNoTimer || deadline < deadline_) arm_deadline();
  return ref;
}

void Socket::arm_deadline() {
  engine_.cancel(std::exchange(deadline_timer_, Engine::kNoTimer));
  const auto next = operations_.next_deadline();
  if (!next) return;
  deadline_ = *next;
  deadline_timer_ = engine_.after(std::max(deadline_ - engine_.now(), Duration::zero()), [this] {
    deadline_timer_ = Engine::kNoTimer;
    on_deadline();
  });
}

void Socket::on_deadline() {
  while (auto expired = operations_.take_expired(engine_.now())) on_expired(expired->first, std::move(expired->second));
  if (deadline_timer_ == Engine::kNoTimer) arm_deadline();
}

void Socket::on_expired(Ref ref, Operation operation) {
  if (operation.kind == Operation::Kind::heartbeat) {
    finish(operation, ended(Outcome::timeout, "the server did not answer the heartbeat", true));
    heartbeat_.on_expired(ref, std::move(operation));
    return;
  }
  Channel* channel = operation.channel;
  channel->on_expired(ref, std::move(operation));
  forget_closed(channel);
}

void Socket::finish_everything(const Reply& reply) {
  for (const auto& call : std::exchange(connect_calls_, {})) call->finish(reply);
  for (const auto& call : std::exchange(disconnect_calls_, {})) call->finish(reply);
  for (const Ref ref : operations_.refs()) {
    auto operation = operations_.take(ref);
    finish(*operation, reply);
  }
}

void Socket::finish(Operation& operation, Reply reply) {
  if (operation.kind == Operation::Kind::push) {
    const bool was_cancelled = operation.completion && operation.completion->is_finished();
    counters_.of_pushes(was_cancelled ? Outcome::cancelled : reply.outcome).add();
  }
  if (!operation.completion) return;
  if (operation.in_flight && (reply.ok() || reply.outcome == Outcome::error)) {
    reply.round_trip = message_at_ - operation.sent_at;
  }
  operation.completion->finish(std::move(reply));
}

// --- channels ---

void Socket::join_params(const std::string& topic, RequestId request_id, Result<Payload> params) {
  if (Channel* channel = find(topic)) channel->join_params(request_id, std::move(params));
}

Channel* Socket::find(std::string_view topic) {
  const auto at = channels_.find(topic);
  return at == channels_.end() ? nullptr : at->second.get();
}

void Socket::forget_closed(const Channel* channel) {
  if (!channel->is_closed()) return;
  join_limiter_.forget(*channel);
  channels_.erase(channels_.find(channel->topic()));
}

void Socket::for_each_channel(const std::function<void(Channel&)>& work) {
  for (auto at = channels_.begin(); at != channels_.end();) {
    Channel& channel = *at++->second;
    work(channel);
    forget_closed(&channel);
  }
}

Json Socket::dump() const {
  boost::json::array channels;
  for (const auto& [topic, channel] : channels_) channels.push_back(channel->dump());
  boost::json::object dump{{"connection", link_.dump()}, {"channels", std::move(channels)}};
  dump["operations"] = operations_.size();
  return dump;
}

}  // namespace suzaku::client::core

#include "server/channel_process.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/thrown.hpp"
#include "protocol/encoder.hpp"
#include "protocol/try_again.hpp"
#include "pubsub/table.hpp"
#include "server/router.hpp"
#include "server/shard.hpp"
#include "server/socket.hpp"

namespace suzaku::server {
namespace {

const Payload& join_crashed() {
  static const Payload payload{{"reason", protocol::join_refusal::kJoinCrashed}};
  return payload;
}

const Payload& join_timeout() {
  static const Payload payload{{"reason", protocol::join_refusal::kJoinTimeout}};
  return payload;
}

const Payload& channel_crash() {
  static const Payload payload{{"reason", "channel_crash"}};
  return payload;
}

const Payload& no_payload() {
  static const Payload payload;
  return payload;
}

}  // namespace

ChannelProcess::ChannelProcess(Socket& socket, const Route& route, const protocol::Message& join)
    : socket_(socket),
      shard_(socket.shard()),
      route_(route),
      topic_(join.topic.text),
      topic_json_(join.topic.json),
      join_ref_(join.join_ref == protocol::kNull ? join.ref : join.join_ref),
      id_(++shard_.last_id),
      sent_null_join_ref_(join.join_ref == protocol::kNull) {
  shard_.channels.emplace(id_, this);
  shard_.counters.channels.add();
}

ChannelProcess::~ChannelProcess() {
  end(TerminateReason::closed);
  shard_.loop.forget(*this);
}

JoinResult ChannelProcess::join(const protocol::Message& message, ActivityLog::Begin begin) {
  try {
    channel_ = route_.factory();
    channel_->process_ = this;
    assigns_ = socket_.user().assigns();
    assigns_.merge(route_.options.assigns);
    in_join_ = true;
    JoinResult result = channel_->join(topic_, message.payload);
    in_join_ = false;
    if (result.is_later && !asked_later_) throw std::logic_error("a JoinAnswer is returned that later() has not made");
    if (result.is_later) {
      pending_ =
          std::make_unique<PendingJoin>(message.ref, begin, begin ? message.payload : Payload(), shard_.unfinished);
      pending_->deadline = shard_.loop.timers().after(
          socket_.join_timeout(), [this] { answer_join({.accepted = false, .response = join_timeout()}, {}); });
    } else if (result.accepted) {
      subscribe_to_topic();
    }
    return result;
  } catch (...) {
    in_join_ = false;
    shard_.log().error("the join of {} by client {} crashed: {}", in_log(topic_json_), socket_.client(),
                       what_is_thrown());
    return {false, join_crashed()};
  }
}

JoinAnswer ChannelProcess::later() {
  if (!in_join_) throw std::logic_error("later() outside of join(): there is no join to answer");
  asked_later_ = true;
  return {shard_.mailbox, id_};
}

void ChannelProcess::answer_join(const JoinResult& result, const Assigns& assigns) {
  if (!pending_) return;  // answered before
  if (result.accepted) assigns_.merge(assigns);
  socket_.finish_join(*this, result);
}

std::unique_ptr<PendingJoin> ChannelProcess::take_pending() noexcept {
  if (pending_) shard_.loop.timers().cancel(pending_->deadline);
  return std::move(pending_);
}

void ChannelProcess::subscribe_to_topic() {
  const auto& intercepts = route_.intercepts(*channel_);
  subscription_.subscriber = this;
  subscription_.sink = socket_.sink();
  subscription_.intercepts = intercepts.empty() ? nullptr : &intercepts;
  subscription_.variant = socket_.variant();
  subscription_.droppable = route_.options.is_volatile;
  shard_.pubsub->subscribe(subscription_, topic_);
  state_ = State::joined;
}

/// Runs a handler. An exception ends this channel alone. `event` is the event that it handles, if any.
template <class Handler>
void ChannelProcess::run(std::string_view name, std::string_view event, Handler&& handler) {
  try {
    handler();
  } catch (...) {
    return crash(std::string(name) + (event.empty() ? "" : ' ' + in_log(event)), what_is_thrown());
  }
  if (stop_requested_) close(TerminateReason::stopped);
}

void ChannelProcess::handle_in(const protocol::Message& message) {
  const auto begin = shard_.activity.begin();
  run("handle_in", message.event.json, [&] {
    if (!message.event.is_string) throw std::invalid_argument("the event is no string");
    handling_ref_ = message.ref;
    const HandleResult result = channel_->handle_in(message.event.text, message.payload);
    handling_ref_ = {};
    const SharedBytes reply = std::exchange(pending_reply_, {});
    if (result == HandleResult::reply && reply) socket_.send(reply);
  });
  shard_.activity.handled(begin, message, socket_);
}

void ChannelProcess::leave(const protocol::Message& message) {
  socket_.send(
      {.join_ref = join_ref_, .ref = message.ref, .topic = topic_json_, .status = "ok", .payload = no_payload()});
  close(TerminateReason::left);
}

void ChannelProcess::close(TerminateReason reason) {
  push_close();
  state_ = State::leaving;
  end(reason);
  socket_.forget(*this);
}

void ChannelProcess::crash(std::string_view where, std::string_view why) {
  if (pending_) {
    shard_.log().error("the join of {} by client {} crashed in {}: {}", in_log(topic_json_), socket_.client(), where,
                       why);
    return answer_join({.accepted = false, .response = join_crashed()}, {});
  }
  handling_ref_ = {};
  shard_.log().error("the channel of {} crashed in {} of client {}: {}", in_log(topic_json_), where, socket_.client(),
                     why);
  shard_.counters.channel_crashes.add();
  state_ = State::leaving;
  end(TerminateReason::crashed);
  push_about_join(protocol::event::kError, channel_crash());
  socket_.forget(*this);
}

void ChannelProcess::terminate(TerminateReason reason) noexcept {
  if (state_ == State::joined) state_ = State::ended;  // pushes from terminate() are dropped
  end(reason);
}

/// Takes the channel out of everything that could still call it, then calls its terminate(). Only the first call has an
/// effect.
void ChannelProcess::end(TerminateReason reason) noexcept {
  if (shard_.channels.erase(id_) == 0) return;
  shard_.counters.channels.subtract();
  take_pending();
  if (subscription_.topic) shard_.pubsub->unsubscribe(subscription_);
  for (auto& more : more_subscriptions_) shard_.pubsub->unsubscribe(*more);
  more_subscriptions_.clear();
  if (state_ == State::joining) return;  // the join was not accepted
  try {
    channel_->terminate(reason);
  } catch (...) {
    shard_.log().error("terminate() of {} of client {} threw: {}", in_log(topic_json_), socket_.client(),
                       what_is_thrown());
  }
}

void ChannelProcess::push_close() {
  push_about_join(protocol::event::kClose, no_payload());
}

/// phx_close and phx_error carry the join_ref as the client sent it, as their ref too.
void ChannelProcess::push_about_join(std::string_view event, const Payload& payload) {
  socket_.push(
      {.join_ref = sent_join_ref(), .ref = sent_join_ref(), .topic = topic_json_, .event = event, .payload = payload});
}

// --- mail ---

void ChannelProcess::enqueue(std::any message) {
  add_mail(std::move(message));
}

void ChannelProcess::on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) {
  add_mail(broadcast);
}

void ChannelProcess::on_room() {
  if (std::exchange(wants_room_, false)) add_mail(Room());
}

void ChannelProcess::add_mail(Mail mail) {
  if (mail_.empty() && !pending_) shard_.loop.at_turn_end(net::Loop::Phase::work, *this);
  mail_.push_back(std::move(mail));
}

void ChannelProcess::on_turn_end() {
  if (pending_) return;  // it waits for the answer to the join
  const std::vector<Mail> mail = std::exchange(mail_, {});
  for (const Mail& item : mail) {
    if (state_ != State::joined) return;
    deliver(item);
  }
}

void ChannelProcess::deliver(const Mail& mail) {
  if (const auto* message = std::get_if<std::any>(&mail))
    return run("handle_info", {}, [&] { channel_->handle_info(*message); });
  if (std::holds_alternative<Room>(mail)) return run("handle_room", {}, [&] { channel_->handle_room(); });
  const auto& broadcast = *std::get<std::shared_ptr<const pubsub::Broadcast>>(mail);
  if (broadcast.topic() == topic_)
    return run("handle_out", broadcast.event(), [&] { channel_->handle_out(broadcast.event(), broadcast.payload()); });
  run("handle_info", broadcast.event(),
      [&] { channel_->handle_info(TopicMessage{broadcast.topic(), broadcast.event(), broadcast.payload()}); });
}

// --- what the channel may do ---

void ChannelProcess::require_joined(std::string_view what) const {
  if (state_ == State::joining)
    throw std::logic_error(std::string(what) +
                           " in join(): the channel is not joined yet; self().send() a message and do it in "
                           "handle_info()");
}

HandleResult ChannelProcess::reply(std::string_view status, const Payload& response) {
  if (handling_ref_.empty())
    throw std::logic_error("reply() outside of handle_in(): there is no push to answer; keep a reply_ref()");
  pending_reply_ = socket_.encode(
      {.join_ref = join_ref_, .ref = handling_ref_, .topic = topic_json_, .status = status, .payload = response});
  return HandleResult::reply;
}

ReplyRef ChannelProcess::reply_ref() const {
  if (handling_ref_.empty() || handling_ref_ == protocol::kNull)
    throw std::logic_error("reply_ref() needs a push that is being handled and has a ref");
  ReplyRef ref;
  ref.mailbox_ = shard_.mailbox;
  ref.connection_ = socket_.id();
  ref.join_ref_ = join_ref_;
  ref.ref_ = handling_ref_;
  ref.topic_ = topic_json_;
  return ref;
}

void ChannelProcess::stop() {
  require_joined("stop()");
  stop_requested_ = true;
}

bool ChannelProcess::push(std::string_view event, const Payload& payload) {
  require_joined("push()");
  if (state_ == State::ended) return false;
  if (payload.is_binary() && !protocol::can_push_binary(socket_.variant().version, join_ref_, topic_json_)) {
    shard_.log().debug("a binary push on {} is skipped: the client's serializer cannot carry it", in_log(topic_json_));
    return false;
  }
  return socket_.push(
      {.join_ref = join_ref_, .ref = protocol::kNull, .topic = topic_json_, .event = event, .payload = payload});
}

std::size_t ChannelProcess::room() {
  if (state_ != State::joined || !socket_.sink()) return 0;
  const std::size_t room = send_room(socket_.sink()->queued_bytes());
  wants_room_ = room == 0;
  return room;
}

void ChannelProcess::broadcast(std::string_view event, const Payload& payload, bool to_self) {
  require_joined("broadcast()");
  if (to_self) {
    shard_.pubsub->broadcast(topic_, event, payload);
  } else {
    shard_.pubsub->broadcast_from(subscription_, topic_, event, payload);
  }
}

void ChannelProcess::subscribe(std::string_view topic) {
  if (!shard_.channels.contains(id_)) return;  // in terminate(): nothing would unsubscribe it
  auto subscription = std::make_unique<pubsub::Subscription>();
  subscription->subscriber = this;
  shard_.pubsub->subscribe(*subscription, topic);
  more_subscriptions_.push_back(std::move(subscription));
}

void ChannelProcess::unsubscribe(std::string_view topic) {
  std::erase_if(more_subscriptions_, [&](const auto& subscription) {
    if (subscription->topic->name != topic) return false;
    shard_.pubsub->unsubscribe(*subscription);
    return true;
  });
}

ChannelHandle ChannelProcess::self() const {
  return {shard_.mailbox, id_};
}

Timer ChannelProcess::send_after(std::chrono::milliseconds delay, std::any message) {
  return {shard_.mailbox, shard_.loop.timers().after(delay, [handle = self(), message = std::move(message)]() mutable {
            handle.send(std::move(message));
          })};
}

std::string_view ChannelProcess::topic_suffix() const noexcept {
  return std::string_view(topic_).substr(route_.prefix.size());
}

Endpoint& ChannelProcess::endpoint() const noexcept {
  return *shard_.endpoint;
}

void ChannelProcess::run_blocking(std::function<void()> work) {
  shard_.workers.run([mailbox = shard_.mailbox, id = id_, work = std::move(work)] {
    try {
      work();
    } catch (...) {
      mailbox->run([id, why = what_is_thrown()](Shard& shard) {
        if (const auto found = shard.channels.find(id); found != shard.channels.end())
          found->second->crash("run_blocking", why);
      });
    }
  });
}

}  // namespace suzaku::server

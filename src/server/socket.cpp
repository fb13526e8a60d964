#include "server/socket.hpp"

#include <algorithm>
#include <utility>

#include "base/thrown.hpp"
#include "protocol/encoder.hpp"
#include "protocol/try_again.hpp"
#include "pubsub/table.hpp"
#include "server/id_topic.hpp"
#include "ws/message_frame.hpp"

namespace suzaku::server {

using protocol::Message;
namespace event = protocol::event;
namespace {

const Payload& unmatched_topic() {
  static const Payload payload{{"reason", protocol::join_refusal::kUnmatchedTopic}};
  return payload;
}

const Payload& topic_too_long() {
  static const Payload payload{{"reason", protocol::join_refusal::kTopicTooLong}};
  return payload;
}

const Payload& too_many_channels() {
  static const Payload payload{{"reason", protocol::join_refusal::kTooManyChannels}};
  return payload;
}

const Payload& join_cancelled() {
  static const Payload payload{{"reason", protocol::join_refusal::kJoinCancelled}};
  return payload;
}

TerminateReason reason_of(transport::WebSocketSession::Handler::End end, bool disconnected) noexcept {
  if (disconnected) return TerminateReason::disconnected;
  return end == transport::WebSocketSession::Handler::End::drained ? TerminateReason::draining
                                                                   : TerminateReason::closed;
}

}  // namespace

Socket::Socket(Shard& shard, const Mount& mount, std::unique_ptr<UserSocket> user, const net::Address& peer,
               pubsub::FrameVariant variant)
    : shard_(shard), mount_(mount), user_(std::move(user)), id_(++shard.last_id), peer_(peer), variant_(variant) {
  const std::string name = user_->id();
  if (name.empty()) return;
  id_subscription_ = std::make_unique<pubsub::Subscription>();
  id_subscription_->subscriber = this;
  shard_.pubsub->subscribe(*id_subscription_, id_topic(name));
}

Socket::~Socket() {
  if (sink_) on_close(End::closed);  // cut off at the end of a drain
  if (id_subscription_) shard_.pubsub->unsubscribe(*id_subscription_);
}

std::string Socket::client() const {
  const bool is_named = id_subscription_ && id_subscription_->topic;
  return in_log(peer_, *user_) + (is_named ? ", socket id " + in_log(id_of(id_subscription_->topic->name)) : "");
}

void Socket::on_open(FrameSink& sink) {
  sink_ = &sink;
  shard_.sockets.emplace(id_, this);
  shard_.counters.sockets.add();
}

void Socket::on_room() {
  for (auto& channel : channels_) channel->on_room();
}

void Socket::on_close(End why) {
  sink_ = nullptr;
  if (why == End::overflowed) shard_.counters.slow_consumers.add();
  shard_.sockets.erase(id_);
  shard_.counters.sockets.subtract();
  for (auto& channel : channels_) channel->terminate(reason_of(why, disconnected_));
}

// Called during a fan-out, when unsubscribing is not allowed: act on it later.
void Socket::on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) {
  if (broadcast->event() != event::kDisconnect) return;
  shard_.loop.defer([&shard = shard_, id = id_] {
    if (const auto found = shard.sockets.find(id); found != shard.sockets.end()) found->second->disconnect();
  });
}

void Socket::disconnect() {
  disconnected_ = true;
  sink_->close(ws::close_code::kGoingAway);
}

void Socket::on_message(ws::Opcode opcode, std::string_view bytes) {
  shard_.counters.messages_in.add();
  handle(opcode, bytes);
}

void Socket::handle(ws::Opcode opcode, std::string_view bytes) {
  const auto type = opcode == ws::Opcode::text ? protocol::FrameType::text : protocol::FrameType::binary;
  const auto message = shard_.decoder.decode(variant_.version, type, bytes, mount_.max_head());
  if (!message) {
    shard_.counters.undecodable.add();
    shard_.log().debug("a message of client {} cannot be decoded: {}", client(), message.error().message);
    return sink_->close(message.error().too_long ? ws::close_code::kTooBig : ws::close_code::kInternalError);
  }
  try {
    dispatch(*message, opcode, bytes);
  } catch (...) {  // such as the answer to a join, when its payload cannot be encoded
    shard_.log().error("event {} on {} of client {} failed: {}", in_log(message->event.json),
                       in_log(message->topic.json), client(), what_is_thrown());
    sink_->close(ws::close_code::kInternalError);
  }
}

void Socket::dispatch(const Message& message, ws::Opcode opcode, std::string_view bytes) {
  if (message.topic.text == protocol::kPhoenixTopic && message.event.text == event::kHeartbeat)
    return send(
        {.join_ref = protocol::kNull, .ref = message.ref, .topic = message.topic.json, .status = "ok", .payload = {}});
  ChannelProcess* channel = message.topic.is_string ? find(message.topic.text) : nullptr;
  if (!channel) {
    dispatch_unjoined(message);
  } else if (channel->is_pending()) {
    dispatch_pending(*channel, message, opcode, bytes);
  } else {
    dispatch_joined(*channel, message);
  }
}

/// Messages wait for the answer to the join. What cannot wait cancels the join, and then all of them are handled as on
/// a topic that is not joined.
void Socket::dispatch_pending(ChannelProcess& channel, const Message& message, ws::Opcode opcode,
                              std::string_view bytes) {
  const bool is_join = message.event.text == event::kJoin;
  if (!is_join && message.join_ref != protocol::kNull &&
      !protocol::same_ref(message.join_ref, channel.sent_join_ref())) {
    shard_.counters.stale.add();
    return;
  }
  if (!is_join && message.event.text != event::kLeave && channel.hold(opcode, bytes)) return;
  const std::unique_ptr<ChannelProcess> cancelled = take(channel);
  const std::unique_ptr<PendingJoin> join = cancelled->take_pending();
  answer_pending(*cancelled, *join, {.accepted = false, .response = join_cancelled()});
  cancelled->terminate(TerminateReason::closed);
  join->held.emplace_back(opcode, bytes);  // a copy: `message` views the decoder, which the earlier ones will use
  handle_held(join->held);
}

void Socket::handle_held(const HeldMessages& held) {
  for (const HeldMessage& each : held) {
    if (!sink_) return;  // one of them has ended the connection
    handle(each.opcode(), each.message());
  }
}

void Socket::answer_pending(const ChannelProcess& channel, const PendingJoin& join, const JoinResult& result) {
  send({.join_ref = channel.sent_join_ref(),
        .ref = join.ref,
        .topic = channel.topic_json(),
        .status = result.accepted ? "ok" : "error",
        .payload = result.response});
  shard_.activity.joined(join.begin, channel.topic_json(), join.params, *this, result.accepted);
}

void Socket::finish_join(ChannelProcess& channel, const JoinResult& result) {
  const std::unique_ptr<PendingJoin> join = channel.take_pending();
  try {
    if (result.accepted) channel.subscribe_to_topic();
    answer_pending(channel, *join, result);
  } catch (...) {  // such as bytes for a client of serializer V1
    shard_.log().error("the answer to the join of {} by client {} failed: {}", in_log(channel.topic_json()), client(),
                       what_is_thrown());
    return sink_->close(ws::close_code::kInternalError);
  }
  if (result.accepted) {
    channel.deliver_mail();
  } else {
    channel.terminate(TerminateReason::closed);
    forget(channel);
  }
  handle_held(join->held);
}

void Socket::dispatch_unjoined(const Message& message) {
  if (message.event.text == event::kJoin) return join(message);
  if (message.event.text == event::kLeave)  // leaving twice does no harm
    return send(
        {.join_ref = message.join_ref, .ref = message.ref, .topic = message.topic.json, .status = "ok", .payload = {}});
  send({.join_ref = protocol::kNull,
        .ref = message.ref,
        .topic = message.topic.json,
        .status = "error",
        .payload = unmatched_topic()});
}

void Socket::dispatch_joined(ChannelProcess& channel, const Message& message) {
  if (message.event.text == event::kJoin) return join_again(channel, message);
  if (message.join_ref != protocol::kNull && !protocol::same_ref(message.join_ref, channel.sent_join_ref())) {
    shard_.counters.stale.add();
    return;
  }
  if (message.event.text == event::kLeave) return channel.leave(message);
  channel.handle_in(message);
}

void Socket::join(const Message& message) {
  const Route* route = message.topic.is_string ? mount_.router().find(message.topic.text) : nullptr;
  if (!route) {
    shard_.log().warning("ignoring a join of the unmatched topic {} by client {}", in_log(message.topic.json),
                         client());
    return send({.join_ref = protocol::kNull,
                 .ref = message.ref,
                 .topic = message.topic.json,
                 .status = "error",
                 .payload = unmatched_topic()});
  }
  const auto reply = [&](std::string_view status, const Payload& response) {
    send({.join_ref = message.join_ref,
          .ref = message.ref,
          .topic = message.topic.json,
          .status = status,
          .payload = response});
  };
  const std::size_t longest = mount_.options().max_topic_size;  // a channel keeps all three
  if (std::max({message.topic.text.size(), message.join_ref.size(), message.ref.size()}) > longest)
    return reply("error", topic_too_long());
  if (channels_.size() >= mount_.options().max_channels) return reply("error", too_many_channels());

  auto channel = std::make_unique<ChannelProcess>(*this, *route, message);
  const auto begin = shard_.activity.begin();
  const JoinResult result = channel->join(message, begin);
  if (!result.is_later) {
    shard_.activity.joined(begin, message.topic.json, message.payload, *this, result.accepted);
    reply(result.accepted ? "ok" : "error", result.response);
    if (!result.accepted) return;
  }
  channels_.insert(lower_bound(message.topic.text), std::move(channel));
}

/// A second join of a topic: the new one is answered first, then the old channel's phx_close follows; it carries the
/// old join_ref, by which the client knows that it is not the new channel that closed.
void Socket::join_again(ChannelProcess& old, const Message& message) {
  shard_.log().debug("duplicate join of {} by client {}; the channel of the earlier join ends",
                     in_log(message.topic.json), client());
  const std::unique_ptr<ChannelProcess> replaced = take(old);
  replaced->terminate(TerminateReason::duplicate_join);
  join(message);
  replaced->push_close();
}

/// Makes a frame of the scratch buffer.
SharedBytes Socket::scratch_frame(protocol::FrameType type) {
  const auto opcode = type == protocol::FrameType::text ? ws::Opcode::text : ws::Opcode::binary;
  SharedBytes frame = ws::make_message_frame(opcode, shard_.scratch, variant_.compressed ? &shard_.deflater : nullptr);
  if (shard_.scratch.capacity() > Shard::kKeepScratch) shard_.scratch = {};
  return frame;
}

void Socket::send(const protocol::Reply& reply) {
  send(encode(reply));
}

SharedBytes Socket::encode(const protocol::Reply& reply) {
  shard_.scratch.clear();
  return scratch_frame(protocol::encode_reply(variant_.version, reply, shard_.scratch));
}

bool Socket::push(const protocol::Push& push) {
  shard_.scratch.clear();
  return send(scratch_frame(protocol::encode_push(variant_.version, push, shard_.scratch)));
}

Socket::Channels::iterator Socket::lower_bound(std::string_view topic) {
  return std::ranges::lower_bound(channels_, topic, {},
                                  [](const auto& channel) { return std::string_view(channel->topic()); });
}

ChannelProcess* Socket::find(std::string_view topic) {
  const auto found = lower_bound(topic);
  return found != channels_.end() && (*found)->topic() == topic ? found->get() : nullptr;
}

std::unique_ptr<ChannelProcess> Socket::take(ChannelProcess& channel) {
  const auto found = lower_bound(channel.topic());
  std::unique_ptr<ChannelProcess> taken = std::move(*found);
  channels_.erase(found);
  return taken;
}

void Socket::forget(ChannelProcess& channel) {
  shard_.loop.dispose(take(channel));
}

}  // namespace suzaku::server

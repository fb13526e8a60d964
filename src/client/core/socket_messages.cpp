// The messages of a socket: sent, received, and not read for a while.
#include <utility>

#include "base/thrown.hpp"
#include "client/core/replies.hpp"
#include "client/core/socket.hpp"
#include "protocol/message.hpp"

namespace suzaku::client::core {

namespace event = protocol::event;

namespace {

/// Bytes of a sent frame whose memory is kept for the next one.
constexpr std::size_t kKeptFrame = 64 << 10;

Result<Serializer::Incoming> decode(Serializer& serializer, std::string_view frame, bool is_binary) {
  try {
    return serializer.decode(frame, is_binary);
  } catch (...) {  // a serializer of the user
    return failure(what_is_thrown());
  }
}

bool ends_channel(std::string_view event) noexcept {
  return event == event::kClose || event == event::kError;
}

}  // namespace

Result<void> Socket::send(const Serializer::Outgoing& message) {
  const auto frame = encode(message);
  if (!frame) return failure(frame.error().message);
  send(*frame);
  return {};
}

Result<Socket::Frame> Socket::encode(const Serializer::Outgoing& message) {
  frame_.clear();
  if (frame_.capacity() > kKeptFrame) frame_ = {};
  try {
    const bool is_binary = serializer_.encode(message, frame_);
    return Frame{is_binary ? protocol::FrameType::binary : protocol::FrameType::text, frame_};
  } catch (...) {
    return failure("the message cannot be sent: " + what_is_thrown());
  }
}

std::chrono::system_clock::time_point Socket::heard_at() const noexcept {
  const auto ago = engine_.now() - message_at_;
  return engine_.wall_clock() - std::chrono::duration_cast<std::chrono::system_clock::duration>(ago);
}

void Socket::on_link_bytes() {
  last_heard_ = engine_.now();
}

void Socket::on_link_message(protocol::FrameType type, std::string_view frame) {
  if (shut_down_done_) return;  // the socket is being destroyed
  message_at_ = engine_.now();
  const auto message = decode(serializer_, frame, type == protocol::FrameType::binary);
  if (!message) {
    link_.drop({.kind = Disconnect::Kind::protocol_error,
                .message = "the server sent what is no Phoenix message: " + message.error().message});
    return;
  }
  receive(*message);
  if (!observer_.has_room()) pause_reading();
}

void Socket::receive(const Serializer::Incoming& message) {
  const bool counts_without_payload = ends_channel(message.event) && !message.topic.empty();
  if (!message.payload_error.empty() && !counts_without_payload) {
    counters_.bad_payloads.add();
    observer_.on_bad_payload(message.topic, message.event, message.payload_error);
    if (message.event == event::kReply) on_reply(message);  // what it answers ends
    return;
  }
  if (message.event == event::kReply) {
    on_reply(message);
  } else {
    on_event(message);
  }
  observer_.on_message(message_from(message));
}

/// A slow program slows the server down, as TCP does.
void Socket::pause_reading() {
  if (is_paused_ || !link_.is_open()) return;
  is_paused_ = true;
  link_.prove();  // the answer to the heartbeat will not be read now
  link_.pause_reading();
}

void Socket::resume_reading() {
  if (!std::exchange(is_paused_, false)) return;
  resumed_at_ = engine_.now();
  link_.resume_reading();
}

void Socket::on_reply(const Serializer::Incoming& message) {
  Operation* operation = operations_.find(message.ref);
  if (!operation || !operation->in_flight) {
    counters_.stray_replies.add();
    return;
  }
  if (operation->kind == Operation::Kind::heartbeat) {
    link_.prove();
    auto heartbeat = operations_.take(message.ref);
    counters_.last_round_trip.set(static_cast<std::uint64_t>((message_at_ - heartbeat->sent_at).count()));
    finish(*heartbeat, {.was_sent = true});
    heartbeat_.on_reply(message.ref);
    return;
  }
  Channel* channel = operation->channel;
  const bool is_topic_unreadable = message.topic.empty() && !message.payload_error.empty();
  if ((message.topic != channel->topic() && !is_topic_unreadable) ||
      (message.join_ref != 0 && message.join_ref != operation->join_ref)) {
    counters_.stale_frames.add();
    return;
  }
  channel->on_reply(message.ref, *operations_.take(message.ref), message);
  forget_closed(channel);
}

void Socket::on_event(const Serializer::Incoming& message) {
  Channel* channel = find(message.topic);
  // V1 has no join_ref; but phx_close and phx_error carry the ref of the join.
  const Ref join_ref = message.join_ref == 0 && ends_channel(message.event) ? message.ref : message.join_ref;
  if (!channel || (join_ref != 0 && join_ref != channel->join_ref())) {
    counters_.stale_frames.add();
    return;
  }
  channel->on_message(message);
  forget_closed(channel);
}

void Socket::on_link_drained() {
  for_each_channel([](Channel& channel) { channel.flush(); });
}

}  // namespace suzaku::client::core

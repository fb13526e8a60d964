#include <stdexcept>
#include <utility>

#include <suzaku/client/testing/connection.hpp>

#include "client/testing/wire.hpp"

namespace suzaku::client::testing {

namespace event = protocol::event;

namespace {

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::string with(const Payload& payload) {
  if (payload.is_binary()) return " with " + std::to_string(payload.raw().size()) + " bytes";
  return payload.raw() == "{}" ? std::string() : " with " + std::string(payload.raw());
}

Wire::Matcher message(std::string_view topic, std::string_view event, const Payload& payload = {}) {
  return [=](const Frame& frame) {
    return frame.topic == topic && frame.event == event && matches(frame.payload, payload);
  };
}

}  // namespace

// --- what the client does ---

Join Connection::expect_join(std::string_view topic, const Payload& params) const {
  return {wire_, wire_->expect(message(topic, event::kJoin, params), "a join of " + quoted(topic) + with(params))};
}

Request Connection::expect_leave(std::string_view topic) const {
  return {wire_, wire_->expect(message(topic, event::kLeave), "a leave of " + quoted(topic))};
}

Request Connection::expect_push(std::string_view topic, std::string_view event, const Payload& payload) const {
  return {wire_, wire_->expect(message(topic, event, payload),
                               "a push of " + quoted(event) + " to " + quoted(topic) + with(payload))};
}

Request Connection::expect_heartbeat() const {
  if (wire_->answers_heartbeats()) {
    throw std::logic_error(
        "heartbeats are answered without the test's doing; to expect them, call answer_heartbeats(false) first");
  }
  return {wire_, wire_->expect(message(protocol::kPhoenixTopic, event::kHeartbeat), "a heartbeat")};
}

Request Connection::expect_frame() const {
  return {wire_, wire_->expect([](const Frame&) { return true; }, "a frame")};
}

Connection::Close Connection::expect_close() const {
  const auto server = wire_->server();
  std::optional<Close> close;
  server->wait_for([&] { return (close = wire_->take_close()).has_value(); });
  if (!close) server->fail("expected that the client closes the connection; it did not");
  return *close;
}

void Connection::refute_join(std::string_view topic) const {
  wire_->refute(message(topic, event::kJoin), "no join of " + quoted(topic));
}
void Connection::refute_leave(std::string_view topic) const {
  wire_->refute(message(topic, event::kLeave), "no leave of " + quoted(topic));
}
void Connection::refute_push(std::string_view topic, std::string_view event) const {
  wire_->refute(message(topic, event), "no push of " + quoted(event) + " to " + quoted(topic));
}

void Connection::expect_nothing() const {
  wire_->refute([](const Frame&) { return true; }, "nothing more");
  if (wire_->take_close()) wire_->server()->fail("expected nothing more; but the client has closed the connection");
}

// --- what the server does ---

void Connection::push(std::string_view topic, std::string_view event, Payload payload) const {
  wire_->act([&] { wire_->push(wire_->channel_ref(topic), protocol::kNull, topic, event, payload); });
}
void Connection::broadcast(std::string_view topic, std::string_view event, Payload payload) const {
  wire_->act([&] { wire_->broadcast(topic, event, payload); });
}
void Connection::crash(std::string_view topic) const {
  wire_->act([&] { wire_->push(wire_->channel_ref(topic), wire_->channel_ref(topic), topic, event::kError, {}); });
}
void Connection::close_channel(std::string_view topic, Payload reason) const {
  wire_->act([&] { wire_->push(wire_->channel_ref(topic), wire_->channel_ref(topic), topic, event::kClose, reason); });
}
void Connection::send_text(std::string frame) const {
  wire_->act([&] { wire_->deliver(protocol::FrameType::text, std::move(frame)); });
}
void Connection::send_binary(std::string frame) const {
  wire_->act([&] { wire_->deliver(protocol::FrameType::binary, std::move(frame)); });
}
void Connection::answer_heartbeats(bool answer) const {
  wire_->server();
  wire_->answer_heartbeats(answer);
}

// --- what happens to the connection ---

void Connection::close(std::uint16_t code, std::string_view reason) const {
  const std::string text = std::to_string(code) + ' ' + quoted(reason);
  wire_->act([&] {
    wire_->end({.kind = Disconnect::Kind::closed,
                .code = code,
                .message = "the server closed the connection with code " + text},
               "closes with " + text);
  });
}
void Connection::lose(std::string_view why) const {
  wire_->act(
      [&] { wire_->end({.kind = Disconnect::Kind::lost, .message = std::string(why)}, "(the connection is lost)"); });
}
void Connection::stall() const {
  wire_->act([&] { wire_->stall(); });
}
void Connection::drain() const {
  wire_->act([&] { wire_->drain(); });
}
std::size_t Connection::stalled() const noexcept {
  return wire_->buffered();
}
bool Connection::is_open() const noexcept {
  return wire_->is_open();
}

}  // namespace suzaku::client::testing

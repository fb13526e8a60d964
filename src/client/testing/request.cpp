#include <utility>

#include <suzaku/client/testing/request.hpp>

#include "client/testing/wire.hpp"

namespace suzaku::client::testing {

const std::string& Request::topic() const noexcept {
  return frame_->topic;
}
const std::string& Request::event() const noexcept {
  return frame_->event;
}
const Payload& Request::payload() const noexcept {
  return frame_->payload;
}
Ref Request::ref() const noexcept {
  return ref_number(frame_->ref);
}
Ref Request::join_ref() const noexcept {
  return ref_number(frame_->join_ref);
}
std::string_view Request::raw() const noexcept {
  return frame_->raw;
}
bool Request::is_binary() const noexcept {
  return frame_->type == protocol::FrameType::binary;
}

void Request::reply(std::string_view status, Payload response) const {
  wire_->act([&] { wire_->reply(*frame_, status, response); });
}
void Request::reply_ok(Payload response) const {
  reply("ok", std::move(response));
}
void Request::reply_error(Payload response) const {
  reply("error", std::move(response));
}

void Join::push(std::string_view event, Payload payload) const {
  wire_->act([&] { wire_->push(frame_->channel_ref(), protocol::kNull, topic(), event, payload); });
}
void Join::crash() const {
  wire_->act([&] { wire_->push(frame_->channel_ref(), frame_->channel_ref(), topic(), protocol::event::kError, {}); });
}
void Join::close(Payload reason) const {
  wire_->act(
      [&] { wire_->push(frame_->channel_ref(), frame_->channel_ref(), topic(), protocol::event::kClose, reason); });
}

}  // namespace suzaku::client::testing

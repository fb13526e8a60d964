#include "pubsub/broadcast.hpp"

#include "protocol/encoder.hpp"
#include "protocol/json_text.hpp"
#include "ws/message_frame.hpp"

namespace suzaku::pubsub {

Broadcast::Broadcast(std::string_view topic, std::string_view event, const Payload& payload)
    : topic_(topic), event_(event), payload_(payload) {
  protocol::require_broadcast(topic, event, payload);
}

const SharedBytes& Broadcast::frame(FrameVariant variant, ws::Deflater& deflater) const {
  const std::lock_guard lock(mutex_);
  auto& frame = frames_[static_cast<std::size_t>(variant.version) * 2 + (variant.compressed ? 1 : 0)];
  if (!frame) frame = encode(variant, deflater);
  return *frame;
}

SharedBytes Broadcast::encode(FrameVariant variant, ws::Deflater& deflater) const {
  if (variant.version == protocol::Version::v1 && payload_.is_binary()) return {};
  std::string topic;
  protocol::append_json_string(topic, topic_);
  std::string message;
  const auto type = protocol::encode_broadcast(variant.version, topic, event_, payload_, message);
  const auto opcode = type == protocol::FrameType::text ? ws::Opcode::text : ws::Opcode::binary;
  return ws::make_message_frame(opcode, message, variant.compressed ? &deflater : nullptr);
}

}  // namespace suzaku::pubsub

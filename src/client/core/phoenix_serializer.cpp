#include "client/core/phoenix_serializer.hpp"

#include "protocol/client_encoder.hpp"

namespace suzaku::client::core {

std::string_view PhoenixSerializer::vsn() const noexcept {
  return version_ == protocol::Version::v1 ? "1.0.0" : "2.0.0";
}

bool PhoenixSerializer::encode(const Outgoing& message, std::string& out) {
  return protocol::encode_client_push(version_,
                                      {message.join_ref, message.ref, message.topic, message.event, message.payload},
                                      out) == protocol::FrameType::binary;
}

Result<Serializer::Incoming> PhoenixSerializer::decode(std::string_view frame, bool is_binary) {
  const auto type = is_binary ? protocol::FrameType::binary : protocol::FrameType::text;
  auto message = decoder_.decode(version_, type, frame);
  if (!message) return tl::unexpected(message.error());
  return Incoming{.join_ref = message->join_ref,
                  .ref = message->ref,
                  .topic = message->topic,
                  .event = message->event,
                  .status = message->status,
                  .payload = std::move(message->payload),
                  .payload_error = std::move(message->payload_error)};
}

}  // namespace suzaku::client::core

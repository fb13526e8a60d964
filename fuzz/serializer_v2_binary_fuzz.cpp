// Binary frames of V2 clients. What is accepted is answered and passed on in binary frames whose fields are those that
// came.
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

#include "serializer_checks.hpp"

namespace {

using namespace suzaku::protocol;
using fuzz::require;

/// Kind, sizes, fields, data.
std::string layout(char kind, std::initializer_list<std::string_view> fields, std::string_view data) {
  std::string bytes(1, kind);
  for (const std::string_view field : fields) bytes += static_cast<char>(field.size());
  for (const std::string_view field : fields) bytes += field;
  return bytes.append(data);
}

void check(const Message& message, std::string_view frame) {
  require(message.payload.is_binary());
  for (const std::string_view part : {message.join_ref, message.ref, message.topic.json, message.event.json})
    fuzz::require_json(part);
  const auto size_at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(frame[i])); };
  const std::string_view join_ref = frame.substr(5, size_at(1));
  const std::string_view data = message.payload.raw();

  std::string reply;
  require(encode_reply(Version::v2,
                       {.join_ref = message.join_ref,
                        .ref = message.ref,
                        .topic = message.topic.json,
                        .status = message.event.text,
                        .payload = message.payload},
                       reply) == FrameType::binary);
  require(reply == '\1' + std::string(frame.substr(1)));  // laid out as the push that it answers

  std::string push;
  encode_push(Version::v2,
              {.join_ref = message.join_ref,
               .ref = kNull,
               .topic = message.topic.json,
               .event = message.event.text,
               .payload = message.payload},
              push);
  require(push == layout(0, {join_ref, message.topic.text, message.event.text}, data));

  std::string broadcast;
  encode_broadcast(Version::v2, message.topic.json, message.event.text, message.payload, broadcast);
  require(broadcast == layout(2, {message.topic.text, message.event.text}, data));
  try {
    encode_broadcast(Version::v1, message.topic.json, message.event.text, message.payload, broadcast);
    require(false);  // V1 cannot say bytes
  } catch (const std::invalid_argument&) {
  }

  // A text answer to it, and the same message from a client that speaks text.
  const std::string object = "{}";
  Message said = message;
  said.payload = suzaku::Payload::view(object, suzaku::Payload::Kind::json_object);
  fuzz::check_text(said);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::PaddedFrame frame({reinterpret_cast<const char*>(data), size});
  Decoder decoder;
  if (const auto message = decoder.decode(Version::v2, FrameType::binary, frame.view())) check(*message, frame.view());
  return 0;
}

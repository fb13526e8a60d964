// Frames of servers, as clients of both serializers read them: '1' and text, '2' and text, or 'b' and a binary frame of
// V2. What is accepted is said again by our server and must be read as the same.
#include <cstdint>

#include "protocol/client_decoder.hpp"
#include "protocol/json_text.hpp"
#include "serializer_checks.hpp"

namespace {

using namespace suzaku::protocol;
using fuzz::require;

/// A ref that is read as this one.
std::string json_of(Ref ref) {
  if (ref == kNoRef) return "null";
  return ref == kForeignRef ? R"("foreign")" : '"' + std::to_string(ref) + '"';
}

void require_same(const ServerMessage& a, const ServerMessage& b) {
  require(a.join_ref == b.join_ref && a.ref == b.ref);
  require(a.topic == b.topic && a.event == b.event && a.status == b.status);
  require(a.payload.raw() == b.payload.raw());
  require(a.payload.is_binary() == b.payload.is_binary() && a.payload.is_object() == b.payload.is_object());
}

/// A reply is one with a status, or a text that is called so; of binary pushes any may be called so.
bool is_reply(const ServerMessage& message, FrameType type, std::string_view frame) {
  if (type == FrameType::text) return message.event == event::kReply;
  return frame[0] == static_cast<char>(BinaryKind::reply);
}

void check(const ServerMessage& message, FrameType type, std::string_view frame) {
  for (const std::string_view word : {message.topic, message.event, message.status})
    require(simdjson::validate_utf8(word.data(), word.size()));
  if (!message.payload_error.empty()) {
    require(message.status.empty() && message.payload.raw() == "{}");
    return;
  }
  if (!message.payload.is_binary()) {
    fuzz::require_json(message.payload.raw());
    require(message.payload.is_object() == (message.payload.raw().front() == '{'));
  }
  const bool reply = is_reply(message, type, frame);
  require(reply || message.status.empty());
  if (!reply && !message.payload.is_object() && !message.payload.is_binary()) return;  // V1 alone can say it
  if (type == FrameType::binary && !message.payload.is_binary()) return;  // a user broadcast: none that our server says

  std::string topic, out;
  append_json_string(topic, message.topic);
  const std::string join_ref = json_of(message.join_ref), ref = json_of(message.ref);
  FrameType written;
  ServerMessage said = message;
  if (reply) {
    written = encode_reply(
        Version::v2,
        {.join_ref = join_ref, .ref = ref, .topic = topic, .status = message.status, .payload = message.payload}, out);
  } else {
    written = encode_push(
        Version::v2,
        {.join_ref = join_ref, .ref = ref, .topic = topic, .event = message.event, .payload = message.payload}, out);
    if (written == FrameType::binary) said.ref = kNoRef;  // there is no place for it
  }
  const fuzz::PaddedFrame again(out);
  ClientDecoder decoder;
  const auto read = decoder.decode(Version::v2, written, again.view());
  require(read.has_value());
  require_same(said, *read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Version version = data[0] == '1' ? Version::v1 : Version::v2;
  const FrameType type = data[0] == 'b' ? FrameType::binary : FrameType::text;
  const fuzz::PaddedFrame frame({reinterpret_cast<const char*>(data) + 1, size - 1});
  ClientDecoder decoder;
  if (const auto message = decoder.decode(version, type, frame.view())) check(*message, type, frame.view());
  return 0;
}

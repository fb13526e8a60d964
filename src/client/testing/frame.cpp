#include "client/testing/frame.hpp"

#include <charconv>

namespace suzaku::client::testing {
namespace {

constexpr std::size_t kPadding = 64;  // what the decoder asks for

}  // namespace

Frame FrameReader::read(protocol::Version version, protocol::FrameType type, std::string_view frame) {
  Frame read{.type = type, .raw = std::string(frame)};
  std::string padded(frame);
  padded.append(kPadding, ' ');
  const auto message = decoder_.decode(version, type, std::string_view(padded).substr(0, frame.size()));
  if (!message) return read;
  read.topic = message->topic.text;
  read.event = message->event.text;
  read.ref = message->ref;
  read.join_ref = message->join_ref;
  read.payload = Payload(message->payload);  // owns its bytes
  return read;
}

Ref ref_number(std::string_view json) {
  if (json == protocol::kNull) return 0;
  if (json.starts_with('"')) json = json.substr(1, json.size() - 2);
  Ref ref = 0;
  const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), ref);
  return error == std::errc() && end == json.data() + json.size() ? ref : kForeignRef;
}

bool matches(const Payload& payload, const Payload& wanted) {
  if (wanted.is_binary() || payload.is_binary()) {
    return wanted.raw() == "{}" || (wanted.is_binary() && payload.is_binary() && payload.raw() == wanted.raw());
  }
  if (!wanted.is_object() || !payload.is_object()) return payload.json() == wanted.json();
  const JsonObject& object = payload.json().as_object();
  for (const auto& [name, value] : wanted.json().as_object()) {
    const Json* found = object.if_contains(name);
    if (!found || *found != value) return false;
  }
  return true;
}

}  // namespace suzaku::client::testing

#include "protocol/encoder.hpp"

#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>

#include "protocol/frame_writing.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

bool is_container(std::string_view json) noexcept {
  return json[0] == '{' || json[0] == '[';
}

/// A ref or topic as it stands in a binary frame: the text of a string, the digits of a number, nothing for null.
std::string plain(std::string_view json) {
  if (json == kNull) return {};
  if (is_container(json)) throw std::invalid_argument("a ref in a binary message must be a string, a number or null");
  if (json[0] != '"') return std::string(json);
  if (json.find('\\') == json.npos) return std::string(json.substr(1, json.size() - 2));
  const Json value = boost::json::parse(boost::json::string_view(json.data(), json.size()));
  return {value.as_string().data(), value.as_string().size()};
}

}  // namespace

FrameType encode_reply(Version version, const Reply& reply, std::string& out) {
  if (version == Version::v1) {
    require_json(reply.payload);
    append(out, {R"({"topic":)", reply.topic, R"(,"event":"phx_reply","ref":)", reply.ref, R"(,"payload":{"status":)"});
    append_json_string(out, reply.status);
    append(out, {R"(,"response":)", reply.payload.raw(), "}}"});
    return FrameType::text;
  }
  if (reply.payload.is_binary()) {
    append_binary(out, BinaryKind::reply, {plain(reply.join_ref), plain(reply.ref), plain(reply.topic), reply.status},
                  reply.payload);
    return FrameType::binary;
  }
  append(out, {"[", reply.join_ref, ",", reply.ref, ",", reply.topic, R"(,"phx_reply",{"status":)"});
  append_json_string(out, reply.status);
  append(out, {R"(,"response":)", reply.payload.raw(), "}]"});
  return FrameType::text;
}

FrameType encode_push(Version version, const Push& push, std::string& out) {
  if (version == Version::v1) {
    require_json(push.payload);
    append(out, {R"({"topic":)", push.topic, R"(,"event":)"});
    append_json_string(out, push.event);
    append(out, {R"(,"ref":)", push.ref, R"(,"payload":)", push.payload.raw(), "}"});
    return FrameType::text;
  }
  if (push.payload.is_binary()) {
    append_binary(out, BinaryKind::push, {plain(push.join_ref), plain(push.topic), push.event}, push.payload);
    return FrameType::binary;
  }
  require_object(push.payload);
  append(out, {"[", push.join_ref, ",", push.ref, ",", push.topic, ","});
  append_json_string(out, push.event);
  append(out, {",", push.payload.raw(), "]"});
  return FrameType::text;
}

bool can_push_binary(Version version, std::string_view join_ref, std::string_view topic) {
  const auto fits = [](std::string_view json) { return !is_container(json) && plain(json).size() <= kMaxBinaryField; };
  return version == Version::v2 && fits(join_ref) && fits(topic);
}

void require_broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  if (is_control_event(event))
    throw std::invalid_argument("the event " + std::string(event) + " belongs to the protocol: it cannot be broadcast");
  require_utf8(event);  // a topic that is not UTF-8 has no clients: none can join it
  if (!payload.is_binary()) return require_object(payload);
  for (const std::string_view field : {topic, event}) require_field_size(field);
}

FrameType encode_broadcast(Version version, std::string_view topic, std::string_view event, const Payload& payload,
                           std::string& out) {
  if (version == Version::v2 && payload.is_binary()) {
    append_binary(out, BinaryKind::broadcast, {plain(topic), event}, payload);
    return FrameType::binary;
  }
  return encode_push(version, {.join_ref = kNull, .ref = kNull, .topic = topic, .event = event, .payload = payload},
                     out);
}

}  // namespace suzaku::protocol

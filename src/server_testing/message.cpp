#include "server_testing/message.hpp"

#include <algorithm>
#include <stdexcept>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "protocol/json_text.hpp"

namespace suzaku::server_testing {
namespace {

std::string text_of(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
}

Payload payload_of(const Json& value) {
  return Payload(value);
}

/// A reply's payload is {"status", "response"}.
void read_payload(Message& message, const Json& payload) {
  if (message.event != protocol::event::kReply) {
    message.payload = payload_of(payload);
    return;
  }
  message.status = text_of(payload.at("status"));
  message.payload = payload_of(payload.at("response"));
}

Message read_text(protocol::Version version, const std::string& text) {
  const Json json = boost::json::parse(text);
  Message message;
  if (version == protocol::Version::v2) {
    message.join_ref = text_of(json.at(0));
    message.ref = text_of(json.at(1));
    message.topic = text_of(json.at(2));
    message.event = text_of(json.at(3));
    read_payload(message, json.at(4));
  } else {
    const JsonObject& object = json.as_object();
    if (const Json* join_ref = object.if_contains("join_ref")) message.join_ref = text_of(*join_ref);
    message.ref = text_of(object.at("ref"));
    message.topic = text_of(object.at("topic"));
    message.event = text_of(object.at("event"));
    read_payload(message, object.at("payload"));
  }
  return message;
}

/// Takes a kind, the sizes of the fields, and the fields; the rest is the payload.
Message read_binary(std::string_view bytes) {
  const auto kind = static_cast<protocol::BinaryKind>(bytes.at(0));
  const std::size_t count = kind == protocol::BinaryKind::reply ? 4 : kind == protocol::BinaryKind::broadcast ? 2 : 3;
  std::string fields[4];
  std::size_t at = 1 + count;
  for (std::size_t i = 0; i < count; ++i) {
    const auto size = static_cast<unsigned char>(bytes.at(1 + i));
    fields[i] = bytes.substr(at, size);
    at += size;
  }
  Message message;
  message.payload = Payload::binary(std::string(bytes.substr(at)));
  switch (kind) {
    case protocol::BinaryKind::reply:
      message.join_ref = fields[0];
      message.ref = fields[1];
      message.topic = fields[2];
      message.event = protocol::event::kReply;
      message.status = fields[3];
      break;
    case protocol::BinaryKind::broadcast:
      message.topic = fields[0];
      message.event = fields[1];
      break;
    default:
      message.join_ref = fields[0];
      message.topic = fields[1];
      message.event = fields[2];
  }
  return message;
}

std::string json_text(std::string_view text) {
  std::string out;
  protocol::append_json_string(out, text);
  return out;
}

std::string ref_json(std::string_view ref) {
  return ref.empty() ? "null" : json_text(ref);
}

bool has(const Json& value, const Json& asked) {
  if (!asked.is_object() || !value.is_object()) return value == asked;
  return std::ranges::all_of(asked.get_object(), [&](const auto& member) {
    const Json* found = value.get_object().if_contains(member.key());
    return found && has(*found, member.value());
  });
}

}  // namespace

Message read_message(protocol::Version version, bool is_binary, std::string bytes) {
  Message message = is_binary ? read_binary(bytes) : read_text(version, bytes);
  message.raw = std::move(bytes);
  return message;
}

std::string write_message(protocol::Version version, const Message& message) {
  if (message.payload.is_binary()) {
    std::string bytes(1, static_cast<char>(protocol::BinaryKind::push));
    const std::string_view fields[] = {message.join_ref, message.ref, message.topic, message.event};
    for (const std::string_view field : fields) bytes.push_back(static_cast<char>(field.size()));
    for (const std::string_view field : fields) bytes.append(field);
    return bytes.append(message.payload.raw());
  }
  const std::string payload(message.payload.raw());
  if (version == protocol::Version::v2)
    return "[" + ref_json(message.join_ref) + "," + ref_json(message.ref) + "," + json_text(message.topic) + "," +
           json_text(message.event) + "," + payload + "]";
  return R"({"join_ref":)" + ref_json(message.join_ref) + R"(,"ref":)" + ref_json(message.ref) + R"(,"topic":)" +
         json_text(message.topic) + R"(,"event":)" + json_text(message.event) + R"(,"payload":)" + payload + "}";
}

bool matches(const Payload& payload, const Payload& asked) {
  if (asked.is_binary() || payload.is_binary())
    return asked.raw() == "{}" || (asked.is_binary() == payload.is_binary() && asked.raw() == payload.raw());
  return has(payload.json(), asked.json());
}

std::string with(const Payload& payload) {
  if (payload.is_binary()) return " with " + std::to_string(payload.raw().size()) + " bytes";
  return payload.raw() == "{}" ? std::string() : " with " + std::string(payload.raw());
}

}  // namespace suzaku::server_testing

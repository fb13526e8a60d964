#include "protocol/decoder.hpp"

#include <cstddef>

#include <simdjson.h>

#include "protocol/json_text.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::protocol {
namespace {

using simdjson::dom::element;

Name name_of(element value, std::string_view json) noexcept {
  std::string_view text;
  if (value.get_string().get(text)) return {.text = {}, .json = json, .is_string = false};
  return {.text = text, .json = json, .is_string = true};
}

Payload payload_of(std::string_view json) noexcept {
  return Payload::view(json, json[0] == '{' ? Payload::Kind::json_object : Payload::Kind::json);
}

}  // namespace

Decoder::Decoder() : json_(std::make_unique<StrictJson>()) {}
Decoder::~Decoder() = default;

Result<Message> Decoder::decode(Version version, FrameType type, std::string_view frame) {
  if (version == Version::v1) return decode_v1(frame);
  return type == FrameType::text ? decode_v2(frame) : decode_push(frame);
}

Result<Message> Decoder::decode_v2(std::string_view frame) {
  const auto parsed = json_->parse(frame);
  if (!parsed) return tl::unexpected(parsed.error());
  simdjson::dom::array fields;
  if (parsed->get_array().get(fields))
    return failure("a V2 message must be an array [join_ref, ref, topic, event, payload]");

  // The DOM proves the text valid and knows the strings; the cursor finds the text of each field.
  Message message;
  JsonCursor cursor(frame);
  const bool exactly_five = fields.size() == 5;
  std::size_t count = 0;
  for (const element field : fields) {
    if (count == 5) break;  // further elements are ignored, as Phoenix does
    cursor.take();          // the bracket or the comma before the field
    const std::string_view text = count == 4 && exactly_five ? cursor.rest_of_array(frame) : cursor.value();
    switch (count++) {
      case 0:
        message.join_ref = text;
        break;
      case 1:
        message.ref = text;
        break;
      case 2:
        message.topic = name_of(field, text);
        break;
      case 3:
        message.event = name_of(field, text);
        break;
      default:
        message.payload = payload_of(text);
    }
  }
  if (count < 5) return failure("a V2 message has five elements: [join_ref, ref, topic, event, payload]");
  return message;
}

Result<Message> Decoder::decode_v1(std::string_view frame) {
  const auto parsed = json_->parse(frame);
  if (!parsed) return tl::unexpected(parsed.error());
  simdjson::dom::object members;
  if (parsed->get_object().get(members)) return failure("a V1 message must be an object");

  Message message;
  bool has_topic = false, has_event = false, has_payload = false, has_ref = false, has_join_ref = false;
  const auto first = [](bool& seen) { return !std::exchange(seen, true); };  // of a repeated key the first one counts
  JsonCursor cursor(frame);
  for (const auto [key, value] : members) {
    cursor.take();  // the bracket or the comma before the member
    cursor.value();
    cursor.take();  // the colon
    const std::string_view text = cursor.value();
    if (key == "topic" && first(has_topic)) message.topic = name_of(value, text);
    if (key == "event" && first(has_event)) message.event = name_of(value, text);
    if (key == "payload" && first(has_payload)) message.payload = payload_of(text);
    if (key == "ref" && first(has_ref)) message.ref = text;
    if (key == "join_ref" && first(has_join_ref)) message.join_ref = text;
  }
  if (!has_topic || !has_event || !has_payload || !has_ref)
    return failure("a V1 message needs the keys topic, event, payload and ref");
  return message;
}

// 00 join_ref_size ref_size topic_size event_size join_ref ref topic event data
Result<Message> Decoder::decode_push(std::string_view frame) {
  constexpr std::size_t kHeader = 5;
  if (frame.size() < kHeader || frame[0] != 0)
    return failure("a binary message begins with 00 and the sizes of join_ref, ref, topic and event");
  std::array<std::string_view, 4> fields;
  std::size_t at = kHeader;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto size = static_cast<unsigned char>(frame[i + 1]);
    if (frame.size() - at < size) return failure("a binary message is shorter than the sizes in its header");
    fields[i] = frame.substr(at, size);
    at += size;
    if (!simdjson::validate_utf8(fields[i].data(), fields[i].size()))
      return failure("the join_ref, ref, topic and event of a binary message must be UTF-8");
    names_[i].clear();
    append_json_string(names_[i], fields[i]);
  }
  return Message{.join_ref = names_[0],
                 .ref = names_[1],
                 .topic = {.text = fields[2], .json = names_[2], .is_string = true},
                 .event = {.text = fields[3], .json = names_[3], .is_string = true},
                 .payload = Payload::view(frame.substr(at), Payload::Kind::binary)};
}

}  // namespace suzaku::protocol

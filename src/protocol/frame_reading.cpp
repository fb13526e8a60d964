#include "protocol/frame_reading.hpp"

#include <array>
#include <string>

#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

using simdjson::dom::element;

// In both, the DOM proves the text valid and knows the strings; the cursor finds the text of each field.
Result<TextFrame> read_array(element json, std::string_view frame) {
  simdjson::dom::array elements;
  if (json.get_array().get(elements))
    return failure("a V2 message must be an array [join_ref, ref, topic, event, payload]");

  TextFrame message;
  const std::array<Field*, 5> fields = {&message.join_ref, &message.ref, &message.topic, &message.event,
                                        &message.payload};
  JsonCursor cursor(frame);
  const bool exactly_five = elements.size() == 5;
  std::size_t count = 0;
  for (const element value : elements) {
    if (count == 5) break;
    cursor.take();  // the bracket or the comma before the element
    const bool last = count == 4 && exactly_five;
    *fields[count++] = {.value = value, .text = last ? cursor.rest_of_array(frame) : cursor.value()};
  }
  if (count < 5) return failure("a V2 message has five elements: [join_ref, ref, topic, event, payload]");
  return message;
}

Result<TextFrame> read_object(element json, std::string_view frame) {
  simdjson::dom::object object;
  if (json.get_object().get(object)) return failure("a V1 message must be an object");

  TextFrame message;
  find_members(object, frame,
               {{"topic", message.topic},
                {"event", message.event},
                {"payload", message.payload},
                {"ref", message.ref},
                {"join_ref", message.join_ref}});
  return message;
}

}  // namespace

Result<TextFrame> read_text(Version version, StrictJson& json, std::string_view frame) {
  const auto parsed = json.parse(frame);
  if (!parsed) return tl::unexpected(parsed.error());
  return version == Version::v1 ? read_object(*parsed, frame) : read_array(*parsed, frame);
}

void find_members(simdjson::dom::object object, std::string_view text, std::initializer_list<Wanted> wanted) {
  JsonCursor cursor(text);
  for (const auto [key, value] : object) {
    cursor.take();  // the bracket or the comma before the member
    cursor.value();
    cursor.take();  // the colon
    const std::string_view value_text = cursor.value();
    for (const Wanted& want : wanted)
      if (!want.field.is_there() && want.key == key) want.field = {.value = value, .text = value_text};
  }
}

Payload payload_of(std::string_view json) noexcept {
  return Payload::view(json, json[0] == '{' ? Payload::Kind::json_object : Payload::Kind::json);
}

Result<std::string_view> read_binary(std::string_view frame, std::size_t header, std::span<std::string_view> fields) {
  const auto field_text = [&](std::size_t i) {
    return "field " + std::to_string(i + 1) + " of " + std::to_string(fields.size());
  };
  if (frame.size() < header)
    return failure("a binary message is shorter than its header: " + std::to_string(frame.size()) +
                   " bytes instead of " + std::to_string(header));
  std::string_view rest = frame.substr(header);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto size = static_cast<unsigned char>(frame[i + 1]);
    if (rest.size() < size)
      return failure("a binary message is shorter than the sizes in its header: " + field_text(i) + " has " +
                     std::to_string(size) + " bytes, " + std::to_string(rest.size()) + " are left");
    fields[i] = rest.substr(0, size);
    rest.remove_prefix(size);
    if (!simdjson::validate_utf8(fields[i].data(), fields[i].size()))
      return failure("the fields of a binary message must be UTF-8, and " + field_text(i) + " is not");
  }
  return rest;
}

}  // namespace suzaku::protocol

#include "protocol/frame_reading.hpp"

#include <string>

#include <boost/json/value.hpp>
#include <simdjson.h>

#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

/// The first five values of an array of `count`.
Result<TextFrame> read_array(std::string_view frame, std::size_t count) {
  if (count < 5) return failure("a V2 message has five elements: [join_ref, ref, topic, event, payload]");
  TextFrame message;
  JsonCursor cursor(frame);
  for (Field* field : {&message.join_ref, &message.ref, &message.topic, &message.event}) {
    cursor.take();  // the bracket or the comma before the element
    field->text = cursor.value();
  }
  cursor.take();
  message.payload.text = count == 5 ? cursor.rest_of_array(frame) : cursor.value();
  return message;
}

TextFrame read_object(std::string_view frame) {
  TextFrame message;
  find_members(frame, {{"topic", message.topic},
                       {"event", message.event},
                       {"payload", message.payload},
                       {"ref", message.ref},
                       {"join_ref", message.join_ref}});
  return message;
}

std::string field_text(std::size_t index, std::size_t count) {
  return "field " + std::to_string(index + 1) + " of " + std::to_string(count);
}

/// True when the JSON string `text` means `word`. A longer one than any spelling of the word is not read.
bool means(std::string_view text, std::string_view word) {
  constexpr std::size_t kLongestEscape = 6;  // \u0061
  if (text.size() > word.size() * kLongestEscape + 2) return false;
  std::string unescaped;
  return Field{text}.string(unescaped) == word;
}

}  // namespace

std::string_view Field::string(std::string& unescaped) const {
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (inside.find('\\') == inside.npos) return inside;
  const Json value = value_of(text);
  return unescaped.assign(value.as_string().data(), value.as_string().size());
}

Result<TextFrame> read_text(Version version, StrictJson& json, std::string_view frame) {
  const auto count = json.check(frame);
  if (!count) return tl::unexpected(count.error());
  const char first = JsonCursor(frame).peek();
  if (version == Version::v1) {
    if (first != '{') return failure("a V1 message must be an object");
    return read_object(frame);
  }
  if (first != '[') return failure("a V2 message must be an array [join_ref, ref, topic, event, payload]");
  return read_array(frame, *count);
}

void find_members(std::string_view object, std::initializer_list<Wanted> wanted) {
  JsonCursor cursor(object);
  cursor.take();  // the bracket
  while (cursor.peek() != '}') {
    const std::string_view key = cursor.value();
    cursor.take();  // the colon
    const std::string_view value = cursor.value();
    for (const Wanted& want : wanted)
      if (!want.field.is_there() && means(key, want.key)) want.field.text = value;
    if (cursor.peek() == ',') cursor.take();
  }
}

bool head_ends_within(std::string_view frame, std::size_t most) noexcept {
  if (frame.size() <= most) return true;
  std::size_t depth = 0;
  std::size_t commas = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < most; ++i) {
    const char c = frame[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == ',' && depth == 1 && ++commas == 4) return true;
  }
  return false;
}

Payload payload_of(std::string_view json) noexcept {
  return Payload::view(json, json[0] == '{' ? Payload::Kind::json_object : Payload::Kind::json);
}

Result<std::string_view> read_binary(std::string_view frame, std::size_t header, std::span<std::string_view> fields) {
  if (frame.size() < header)
    return failure("a binary message is shorter than its header: " + std::to_string(frame.size()) +
                   " bytes instead of " + std::to_string(header));
  std::string_view rest = frame.substr(header);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto size = static_cast<unsigned char>(frame[i + 1]);
    if (rest.size() < size)
      return failure("a binary message is shorter than the sizes in its header: " + field_text(i, fields.size()) +
                     " has " + std::to_string(size) + " bytes, " + std::to_string(rest.size()) + " are left");
    fields[i] = rest.substr(0, size);
    rest.remove_prefix(size);
  }
  return rest;
}

Result<void> check_utf8(std::span<const std::string_view> fields) {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (!simdjson::validate_utf8(fields[i].data(), fields[i].size()))
      return failure("the fields of a binary message must be UTF-8, and " + field_text(i, fields.size()) + " is not");
  return {};
}

}  // namespace suzaku::protocol

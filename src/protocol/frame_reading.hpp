#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

#include <simdjson.h>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

#include "protocol/message.hpp"
#include "protocol/strict_json.hpp"

/// How both decoders take a frame apart. What is found views the frame and the parser.
namespace suzaku::protocol {

/// A value in a text frame: what the parser made of it, and how it stands there.
struct Field {
  simdjson::dom::element value;
  std::string_view text;  // empty: not there

  bool is_there() const noexcept { return !text.empty(); }
};

struct TextFrame {
  Field join_ref;
  Field ref;
  Field topic;
  Field event;
  Field payload;
};

/// Validates a text frame, 64 readable bytes behind it, and finds its fields: the first five elements of an array (V2),
/// where further ones are ignored as in Phoenix, or the members of an object (V1), where any may be missing.
Result<TextFrame> read_text(Version version, StrictJson& json, std::string_view frame);

/// Finds members of an object that stands in a frame as `text`; of a repeated key the first one counts.
struct Wanted {
  std::string_view key;
  Field& field;
};
void find_members(simdjson::dom::object object, std::string_view text, std::initializer_list<Wanted> wanted);

/// JSON that is known to be valid, as a payload that views it.
Payload payload_of(std::string_view json) noexcept;

/// Takes apart a binary frame: its kind, the size of each field, more header if `header` says so, the fields, data.
/// Returns the data; fails for a frame that is too short, and for fields that are not UTF-8.
Result<std::string_view> read_binary(std::string_view frame, std::size_t header, std::span<std::string_view> fields);

}  // namespace suzaku::protocol

#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

#include "protocol/message.hpp"
#include "protocol/strict_json.hpp"

/// How both decoders take a frame apart. What is found views the frame.
namespace suzaku::protocol {

/// A value as it stands in a text frame.
struct Field {
  std::string_view text;  // empty: not there

  bool is_there() const noexcept { return !text.empty(); }
  bool is_string() const noexcept { return text.starts_with('"'); }
  bool is_object() const noexcept { return text.starts_with('{'); }

  /// What a string means, without quotes and escapes. Views the frame, or `unescaped` when there are escapes.
  std::string_view string(std::string& unescaped) const;
};

struct TextFrame {
  Field join_ref;
  Field ref;
  Field topic;
  Field event;
  Field payload;

  std::size_t head_size() const noexcept {
    return join_ref.text.size() + ref.text.size() + topic.text.size() + event.text.size();
  }
};

/// Validates a text frame, 64 readable bytes behind it, and finds its fields: the first five elements of an array (V2),
/// where further ones are ignored as in Phoenix, or the members of an object (V1), where any may be missing.
Result<TextFrame> read_text(Version version, StrictJson& json, std::string_view frame);

/// Finds the fields of a text frame that is not valid JSON: an array of five or more elements (V2) or an object (V1),
/// as far as its brackets and quotes tell. All fields but the payload must be valid, or strings: an invalid string
/// becomes the topic or event "", or a ref that is none of ours. Otherwise nothing.
std::optional<TextFrame> read_envelope(Version version, StrictJson& json, std::string_view frame);

/// Finds members of a valid object; of a repeated key the first one counts.
struct Wanted {
  std::string_view key;
  Field& field;
};
void find_members(std::string_view object, std::initializer_list<Wanted> wanted);

/// False for a V2 text frame in which join_ref, ref, topic and event do not end within the first `most` bytes. Looks at
/// no more than these; the frame need not be valid.
bool head_ends_within(std::string_view frame, std::size_t most) noexcept;

/// JSON that is known to be valid, as a payload that views it.
Payload payload_of(std::string_view json) noexcept;

/// Takes apart a binary frame: its kind, the size of each field, more header if `header` says so, the fields, data.
/// Returns the data; fails for a frame that is too short. The fields may be no UTF-8: see check_utf8().
Result<std::string_view> read_binary(std::string_view frame, std::size_t header, std::span<std::string_view> fields);
/// Fails with the first of the fields that is not UTF-8.
Result<void> check_utf8(std::span<const std::string_view> fields);

}  // namespace suzaku::protocol

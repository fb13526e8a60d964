// Frames that are not valid JSON, but whose envelope can be read.
#include <array>

#include "protocol/frame_reading.hpp"

namespace suzaku::protocol {
namespace {

constexpr std::string_view kSpace = " \n\t\r";
constexpr std::string_view kUnreadableName = R"("")";
constexpr std::string_view kUnreadableRef = R"("?")";  // none of ours

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// The first byte behind a string that begins at `begin`, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t begin) noexcept {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

bool is_one_string(std::string_view text) noexcept {
  return text.starts_with('"') && end_of_string(text, 0) == text.size();
}

/// Calls `part` for each text between the commas of the outermost container, whatever stands there. False when the text
/// is not one container, from its first bracket to its last.
template <class Part>
bool split(std::string_view text, Part&& part) {
  text = trimmed(text);
  std::size_t depth = 0;
  std::size_t begin = 1;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_string(text, i);
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (depth == 0) return false;
    const bool is_end = (c == ']' || c == '}') && --depth == 0;
    if (is_end || (c == ',' && depth == 1)) {
      part(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
    if (is_end) return i + 1 == text.size();
    ++i;
  }
  return false;
}

/// "key": value.
void take_member(std::string_view member, TextFrame& frame) {
  if (!member.starts_with('"')) return;
  const std::size_t key_end = end_of_string(member, 0);
  const std::string_view key = member.substr(0, key_end);
  const std::size_t colon = member.find_first_not_of(kSpace, key_end);
  if (colon == member.npos || member[colon] != ':') return;
  const std::array<std::pair<std::string_view, Field*>, 5> fields = {{{R"("topic")", &frame.topic},
                                                                      {R"("event")", &frame.event},
                                                                      {R"("payload")", &frame.payload},
                                                                      {R"("ref")", &frame.ref},
                                                                      {R"("join_ref")", &frame.join_ref}}};
  for (const auto& [name, field] : fields)
    if (key == name && !field->is_there()) field->text = trimmed(member.substr(colon + 1));
}

}  // namespace

std::optional<TextFrame> read_envelope(Version version, StrictJson& json, std::string_view text) {
  if (!trimmed(text).starts_with(version == Version::v1 ? '{' : '[')) return {};
  TextFrame frame;
  const std::array<Field*, 5> elements = {&frame.join_ref, &frame.ref, &frame.topic, &frame.event, &frame.payload};
  std::size_t count = 0;
  const bool is_whole = split(text, [&](std::string_view part) {
    if (version == Version::v1) {
      take_member(part, frame);
    } else if (count < elements.size()) {
      elements[count]->text = part;
    }
    ++count;
  });
  if (!is_whole || !frame.topic.is_string() || !frame.event.is_string() || !frame.payload.is_there()) return {};
  const auto is_readable = [&](Field& field, std::string_view otherwise) {
    if (!field.is_there()) return version == Version::v1;
    if (json.check_unpadded(field.text)) return true;
    if (!is_one_string(field.text)) return false;
    field.text = otherwise;
    return true;
  };
  if (!is_readable(frame.join_ref, kUnreadableRef) || !is_readable(frame.ref, kUnreadableRef) ||
      !is_readable(frame.topic, kUnreadableName) || !is_readable(frame.event, kUnreadableName))
    return {};
  return frame;
}

}  // namespace suzaku::protocol

#include "json_input.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <boost/json/stream_parser.hpp>

#include "protocol/json_text.hpp"

namespace suzaku::program {
namespace {

constexpr std::string_view kExpected = "expected a JSON object such as {\"body\": \"hi\"}";

/// "line 2, column 5" of the character at this byte. Columns count characters.
std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const auto column =
      1 + std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; });
  std::string words = "column " + std::to_string(column);
  if (text.find('\n') >= text.find_last_not_of(" \t\r\n")) return words;
  return "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ", " + words;
}

/// Where and why text is no JSON. The parser of payloads tells no place, and this one takes numbers that do not fit.
std::string mistake_in(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = text.size();
  boost::json::stream_parser parser({}, options);
  boost::system::error_code failed;
  std::size_t read = parser.write_some(text.data(), text.size(), failed);
  if (!failed && read < text.size()) failed = boost::json::error::extra_data;
  if (!failed) parser.finish(failed);
  if (!failed) return "a number does not fit in 64 bits of floating point";
  if (failed == boost::json::error::incomplete) read = text.size();
  return place_of(text, read) + ": " + failed.message();
}

}  // namespace

Result<Payload> parse_json(std::string_view text) {
  try {
    return Payload::from_text(std::string(text));
  } catch (const std::invalid_argument&) {
    return failure(mistake_in(text));
  }
}

Result<Payload> parse_object(std::string_view text) {
  auto payload = parse_json(text);
  if (!payload) return failure(payload.error().message + "; " + std::string(kExpected));
  if (!payload->is_object()) return failure("found JSON that is no object, " + std::string(kExpected));
  return payload;
}

std::string_view raw_member(std::string_view json, std::string_view name) {
  protocol::JsonCursor at(json);
  for (at.take(); at.peek() != '}';) {
    const std::string_view member = at.value();
    at.take();  // the colon
    const std::string_view value = at.value();
    if (member.substr(1, member.size() - 2) == name) return value;
    if (at.peek() == ',') at.take();
  }
  return {};
}

}  // namespace suzaku::program

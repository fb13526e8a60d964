#include "protocol/json_text.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include <simdjson.h>

namespace suzaku::protocol {
namespace {

constexpr bool needs_escape(unsigned char c) noexcept {
  return c < 0x20 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, unsigned char c) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
  }
}

}  // namespace

void require_utf8(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size()))
    throw std::invalid_argument("a topic, event or status must be valid UTF-8");
}

void append_json_string(std::string& out, std::string_view text) {
  require_utf8(text);
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!needs_escape(c)) continue;
    out.append(text, copied, i - copied);
    append_escaped(out, c);
    copied = i + 1;
  }
  out.append(text, copied);
  out += '"';
}

void JsonCursor::skip_string() noexcept {
  bool is_escaped = true;
  while (is_escaped) {
    at_ = static_cast<const char*>(::rawmemchr(at_ + 1, '"'));
    const char* text_end = at_;
    while (text_end[-1] == '\\') --text_end;
    is_escaped = (at_ - text_end) % 2 == 1;
  }
  ++at_;
}

void JsonCursor::skip_container() noexcept {
  std::size_t depth = 0;
  do {
    switch (*at_) {
      case '"':
        skip_string();
        continue;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        --depth;
        break;
      default:
        break;
    }
    ++at_;
  } while (depth > 0);
}

std::string_view JsonCursor::value() noexcept {
  const char first = peek();
  const char* begin = at_;
  if (first == '"') {
    skip_string();
  } else if (first == '[' || first == '{') {
    skip_container();
  } else {
    while (*at_ != ',' && *at_ != ']' && *at_ != '}' && *at_ != ' ' && *at_ != '\n' && *at_ != '\t' && *at_ != '\r')
      ++at_;
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

std::string_view JsonCursor::rest_of_array(std::string_view json) noexcept {
  peek();
  const char* begin = at_;
  const std::size_t bracket = json.rfind(']');
  const std::size_t last = json.find_last_not_of(" \n\t\r", bracket - 1);
  at_ = json.data() + bracket;
  return {begin, static_cast<std::size_t>(json.data() + last + 1 - begin)};
}

}  // namespace suzaku::protocol

#include "protocol/strict_json.hpp"

#include <algorithm>
#include <cstddef>

#include <boost/json/parse.hpp>

#include "base/ascii.hpp"
#include "protocol/json_check.hpp"

namespace suzaku::protocol {
namespace {

using ascii::is_digit;

/// Bytes of the largest text that simdjson checks; its buffers take 14 times as much. The parser of larger ones has
/// none.
constexpr std::size_t kLargestChecked = 256 << 10;
/// Above this, buffers grown for one large DOM are given back before the next one.
constexpr std::size_t kKeepCapacity = 1 << 20;
constexpr std::size_t kMaxDigitsOf64Bits = 18;

/// Replaces integers of more than 18 digits by a 1 and spaces: the text stays as long and as valid as it was, every
/// other token keeps its place, and simdjson has nothing left to complain about.
void shorten_big_integers(std::string& text) {
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string) {
      if (c == '\\') ++i;
      continue;
    }
    if (!is_digit(c)) continue;
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    const char after = end < text.size() ? text[end] : '\0';
    const bool integer = after != '.' && after != 'e' && after != 'E';
    if (integer && c != '0' && end - i > kMaxDigitsOf64Bits) {
      text[i] = '1';
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(i) + 1, text.begin() + static_cast<std::ptrdiff_t>(end),
                ' ');
    }
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.' || text[end] == 'e' || text[end] == 'E' ||
                                 text[end] == '+' || text[end] == '-'))
      ++end;
    i = end - 1;
  }
}

}  // namespace

Result<std::size_t> StrictJson::check(std::string_view text) {
  if (text.size() > kLargestChecked) return check_json(text);
  const auto parsed = parse(text);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->is_array()) return parsed->get_array().value_unsafe().size();
  if (parsed->is_object()) return parsed->get_object().value_unsafe().size();
  return 0;
}

Result<std::size_t> StrictJson::check_unpadded(std::string_view text) {
  if (text.size() > kLargestChecked) return check_json(text);
  return check(simdjson::padded_string(text));
}

Result<simdjson::dom::element> StrictJson::parse(std::string_view text) {
  if (parser_.capacity() > kKeepCapacity && text.size() < kKeepCapacity) {
    parser_ = simdjson::dom::parser{};
    copy_ = {};
  }
  auto parsed = parser_.parse(text.data(), text.size(), false);
  if (parsed.error() == simdjson::NUMBER_ERROR) {
    copy_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    copy_ = text;
    shorten_big_integers(copy_);
    parsed = parser_.parse(copy_.data(), copy_.size(), false);
  }
  if (parsed.error()) return failure(simdjson::error_message(parsed.error()));
  return parsed.value_unsafe();
}

Result<simdjson::dom::element> StrictJson::parse_unpadded(std::string_view text) {
  const simdjson::padded_string padded(text);
  return parse(padded);
}

Json value_of(std::string_view json) {
  boost::json::parse_options options;
  options.max_depth = simdjson::DEFAULT_MAX_DEPTH + 1;  // Boost's own limit is 32
  return boost::json::parse(boost::json::string_view(json.data(), json.size()), {}, options);
}

}  // namespace suzaku::protocol

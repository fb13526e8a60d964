#include "http/query.hpp"

#include <simdjson.h>

#include "base/ascii.hpp"
#include "base/printable.hpp"

namespace suzaku::http {
namespace {

/// Cuts off and returns what stands before the first `separator`; all of it when there is none.
std::string_view take_until(std::string_view& rest, char separator) noexcept {
  const std::size_t at = rest.find(separator);
  const std::string_view piece = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return piece;
}

/// "a[b][]" to "a", "b", "". A key that is not of that form is one part.
std::vector<std::string_view> key_parts(std::string_view key) {
  const std::size_t bracket = key.find('[');
  if (bracket == std::string_view::npos || !key.ends_with(']')) return {key};
  std::vector<std::string_view> parts{key.substr(0, bracket)};
  std::string_view rest = key.substr(bracket + 1, key.size() - bracket - 2);
  for (;;) {
    const std::size_t at = rest.find("][");
    parts.push_back(rest.substr(0, at));
    if (at == std::string_view::npos) return parts;
    rest.remove_prefix(at + 2);
  }
}

/// Walks down from `root` along `parts` ("" appends to a list), making what is missing and replacing what has another
/// shape, and sets the value there.
void assign(JsonObject& root, const std::vector<std::string_view>& parts, std::string_view value) {
  Json* place = &root[parts.front()];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].empty()) {
      JsonArray& list = place->is_array() ? place->get_array() : place->emplace_array();
      place = &list.emplace_back(nullptr);
    } else {
      JsonObject& map = place->is_object() ? place->get_object() : place->emplace_object();
      place = &map[parts[i]];
    }
  }
  place->emplace_string() = value;
}

/// A parameter in a message.
std::string quoted(std::string_view pair) {
  constexpr std::size_t kLongest = 64;
  return '"' + printable(pair, kLongest) + '"';
}

}  // namespace

Result<JsonObject> decode_query(std::string_view query) {
  JsonObject params;
  std::size_t count = 0;
  while (!query.empty()) {
    const std::string_view pair = take_until(query, '&');
    if (pair.empty()) continue;
    if (++count > kMaxQueryParameters)
      return failure("query string has more than " + std::to_string(kMaxQueryParameters) + " parameters");

    std::string_view raw_value = pair;
    const std::string key = percent_decode(take_until(raw_value, '='), true);
    const std::string value = percent_decode(raw_value, true);
    if (!simdjson::validate_utf8(key) || !simdjson::validate_utf8(value))
      return failure("invalid UTF-8 in the query parameter " + quoted(pair));

    const auto parts = key_parts(key);
    if (parts.size() > kMaxQueryDepth + 1)
      return failure("query parameter " + quoted(pair) + " is nested deeper than " + std::to_string(kMaxQueryDepth));
    assign(params, parts, value);
  }
  return params;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? ascii::hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? ascii::hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<std::string> path_segments(std::string_view path, std::size_t most) {
  std::vector<std::string> segments;
  while (!path.empty() && segments.size() <= most) {
    const std::string_view segment = take_until(path, '/');
    if (!segment.empty()) segments.push_back(percent_decode(segment, false));
  }
  return segments;
}

}  // namespace suzaku::http

#include "protocol/message.hpp"

#include <charconv>

#include "protocol/strict_json.hpp"

namespace suzaku::protocol {
namespace {

/// Takes one number of a version ("0", "12", but not "01") off the front of `text`.
std::optional<unsigned> take_number(std::string_view& text) noexcept {
  unsigned number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc{} || (digits > 1 && text[0] == '0')) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

bool is_dotted_identifiers(std::string_view text) noexcept {
  bool empty = true;
  for (const char c : text) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (!word && (c != '.' || empty)) return false;
    empty = !word;
  }
  return !empty;
}

bool is_plain_string(std::string_view json) noexcept {
  return json.size() >= 2 && json[0] == '"' && json.find('\\') == json.npos;
}

bool is_integer(std::string_view json) noexcept {
  return json.find_first_not_of("-0123456789") == json.npos;
}

}  // namespace

std::optional<Version> negotiate(std::optional<std::string_view> vsn) noexcept {
  std::string_view rest = vsn.value_or("1.0.0");
  const auto major = take_number(rest);
  if (!major || !take(rest, '.')) return std::nullopt;
  const auto minor = take_number(rest);
  if (!minor || !take(rest, '.')) return std::nullopt;
  const auto patch = take_number(rest);
  if (!patch) return std::nullopt;

  if (const auto plus = rest.find('+'); plus != rest.npos) {
    if (!is_dotted_identifiers(rest.substr(plus + 1))) return std::nullopt;
    rest = rest.substr(0, plus);
  }
  if (!rest.empty()) {  // a pre-release comes before its release, so before X.0.0 means outside of ~> X.0.0
    if (!take(rest, '-') || !is_dotted_identifiers(rest) || *patch == 0) return std::nullopt;
  }
  if (*minor != 0) return std::nullopt;
  if (*major == 1) return Version::v1;
  if (*major == 2) return Version::v2;
  return std::nullopt;
}

bool same_ref(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (is_plain_string(a) && is_plain_string(b)) return false;
  if (is_integer(a) || is_integer(b)) return false;  // it has one spelling, and may be too long for a parsed value
  const Json left = value_of(a);
  const Json right = value_of(b);
  return left.kind() == right.kind() && left == right;
}

}  // namespace suzaku::protocol

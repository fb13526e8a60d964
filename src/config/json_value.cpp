#include "config/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "protocol/json_text.hpp"

namespace suzaku::config {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

std::string json_string(std::string_view text) {
  std::string json;
  protocol::append_json_string(json, text);
  return json;
}

/// Takes the digits that `rest` begins with.
std::string_view take_digits(std::string_view& rest) {
  const auto digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(digits.size());
  return digits;
}

/// "0x1f" and "0o17"
std::optional<std::string> whole_number(std::string_view digits, int base) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return {};
  return std::to_string(number);
}

std::optional<std::string> scalar(const Value& value, bool secrets) {
  const auto text = secrets ? value.secret() : value.text();
  if (!text) return {};
  if (!value.node().is_plain || text->is_filled_in()) return json_string(text->value);
  if (is_one_of(text->value, {"true", "True", "TRUE"})) return "true";
  if (is_one_of(text->value, {"false", "False", "FALSE"})) return "false";
  return json_number(text->value).value_or(json_string(text->value));
}

/// All parts are read, so that the mistakes of all are found.
std::optional<std::string> list(const Value& value, bool secrets) {
  std::string json;
  bool is_good = true;
  for (const Value& item : value.items()) {
    const auto part = json_of(item, secrets);
    is_good = is_good && part;
    json.append(json.empty() ? "" : ",").append(part.value_or("null"));
  }
  return is_good ? std::optional('[' + json + ']') : std::nullopt;
}

std::optional<std::string> object(const Value& value, bool secrets) {
  std::string json;
  bool is_good = true;
  for (const auto& [name, member] : value.entries()) {
    const auto part = json_of(member, secrets);
    is_good = is_good && part;
    json.append(json.empty() ? "" : ",").append(json_string(name)).append(":").append(part.value_or("null"));
  }
  return is_good ? std::optional('{' + json + '}') : std::nullopt;
}

}  // namespace

std::optional<std::string> json_number(std::string_view plain) {
  if (plain.starts_with("0x")) return whole_number(plain.substr(2), 16);
  if (plain.starts_with("0o")) return whole_number(plain.substr(2), 8);
  std::string json = plain.starts_with('-') ? "-" : "";
  std::string_view rest = plain;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);

  std::string_view whole = take_digits(rest), fraction;
  const bool has_point = rest.starts_with('.');
  if (has_point) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (whole.empty() && fraction.empty()) return {};
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  json.append(whole.empty() ? "0" : whole);
  if (has_point) json.append(".").append(fraction.empty() ? "0" : fraction);

  if (rest.empty()) return json;
  if (rest.front() != 'e' && rest.front() != 'E') return {};
  json += 'e';
  rest.remove_prefix(1);
  if (rest.starts_with('-') || rest.starts_with('+')) {
    json += rest.front();
    rest.remove_prefix(1);
  }
  const std::string_view exponent = take_digits(rest);
  if (exponent.empty() || !rest.empty()) return {};
  return json.append(exponent);
}

std::optional<std::string> json_of(const Value& value, bool secrets) {
  const auto json = [&]() -> std::optional<std::string> {
    switch (value.node().kind) {
      case YamlNode::Kind::nothing:
        return "null";
      case YamlNode::Kind::scalar:
        return scalar(value, secrets);
      case YamlNode::Kind::list:
        return list(value, secrets);
      case YamlNode::Kind::mapping:
        return object(value, secrets);
    }
    return {};
  }();
  // What a file holds may change without a change of the configuration; other values beside it have their own records.
  if (json && !(secrets && value.is_from_file())) value.reading().record(value.key(), *json);
  return json;
}

}  // namespace suzaku::config

#include "config/environment.hpp"

#include <algorithm>
#include <cstdlib>

namespace suzaku::config {
namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// The value of what stands between the braces.
Result<std::string> value_of(std::string_view inside, const Environment& environment) {
  const auto dash = inside.find(":-");
  const std::string name(inside.substr(0, dash));
  if (!is_name(name))
    return failure("found \"${\" without a name behind it, expected ${VARIABLE} or ${VARIABLE:-default}");
  auto value = environment(name);
  if (dash != inside.npos && (!value || value->empty())) return std::string(inside.substr(dash + 2));
  if (!value)
    return failure("the environment variable " + name + " is not set; set it, or write a default: ${" + name +
                   ":-...}");
  return *std::move(value);
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

Result<std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  while (true) {
    const auto open = text.find("${");
    out += text.substr(0, open);
    if (open == text.npos) return out;
    const bool plain = open > 0 && text[open - 1] == '$';
    text.remove_prefix(open + 2);
    if (plain) {
      out += '{';
      continue;
    }
    const auto close = text.find('}');
    if (close == text.npos) return failure("found \"${\" without a closing brace; write $${ for a plain ${");
    const auto value = value_of(text.substr(0, close), environment);
    if (!value) return value;
    out += *value;
    text.remove_prefix(close + 1);
  }
}

}  // namespace suzaku::config

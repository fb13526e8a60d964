#include "command_line.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "config/values.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::program {
namespace {

constexpr double kMostSeconds = 86'400;

std::string print_seconds(double seconds) {
  std::string text = std::to_string(seconds);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

CLI::Option* add_seconds(CLI::App& command, const std::string& name, double& seconds, const std::string& help) {
  const auto check = [](const std::string& text) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= 0.001 && value <= kMostSeconds) return {};
    return "found \"" + text + "\", expected seconds from 0.001 to 86400, such as 2.5";
  };
  return command.add_option(name, seconds, help + (seconds > 0 ? " [" + print_seconds(seconds) + "]" : ""))
      ->type_name("SECONDS")
      ->check(CLI::Validator(check, ""));
}

CLI::Validator one_of(std::vector<std::string> words) {
  const auto check = [words = std::move(words)](const std::string& text) -> std::string {
    if (std::ranges::find(words, text) != words.end()) return {};
    std::string expected;
    for (const std::string& word : words) expected += (expected.empty() ? "" : " or ") + word;
    return "found \"" + text + "\", expected " + expected;
  };
  return CLI::Validator(check, "");
}

CLI::Validator count_from_one() {
  const auto check = [](const std::string& text) -> std::string {
    const auto count = config::parse_count(text, {.least = 1});
    return count ? "" : count.error().message;
  };
  return CLI::Validator(check, "");
}

CLI::Validator is_text() {
  const auto check = [](const std::string& text) -> std::string {
    try {
      protocol::require_utf8(text);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return text.empty() ? "found nothing, expected a word such as room:lobby" : "";
  };
  return CLI::Validator(check, "");
}

}  // namespace suzaku::program

#include "command_line.hpp"

#include <algorithm>
#include <stdexcept>

#include "config/values.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::program {
namespace {

constexpr std::chrono::milliseconds kLeast{1};

}  // namespace

CLI::Option* add_time(CLI::App& command, const std::string& name, std::chrono::milliseconds& time,
                      const std::string& help) {
  const auto check = [](const std::string& text) -> std::string {
    const auto given = config::parse_time(text, kLeast);
    return given ? "" : given.error().message;
  };
  const auto keep = [&time](const std::string& text) { time = *config::parse_time(text, kLeast); };
  const std::string initial = time.count() == 0 ? "" : " [" + config::print_time(time) + "]";
  return command.add_option_function<std::string>(name, keep, help + initial)
      ->type_name("TIME")
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

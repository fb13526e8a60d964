#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/result.hpp>

namespace suzaku::config {

// How values are written in a configuration file and after a flag. A parse that fails says what it found and what it
// expects; what print_*() gives, parse_*() takes.

struct CountRange {
  std::size_t least = 0;
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

/// "4000"
Result<std::size_t> parse_count(std::string_view text, CountRange range);
std::string print_count(std::size_t count);

/// "true" or "false"
Result<bool> parse_switch(std::string_view text);
std::string print_switch(bool on);

/// "500ms", "2.5s", "5m", "1h", or seconds without a unit, "30": whole milliseconds from `least` to kLongestTime.
inline constexpr std::chrono::milliseconds kLongestTime = std::chrono::hours(24 * 365);
Result<std::chrono::milliseconds> parse_time(std::string_view text, std::chrono::milliseconds least,
                                             std::chrono::milliseconds most = kLongestTime);
std::string print_time(std::chrono::milliseconds time);

/// Bytes: "8192", "8KiB", "10MB", "1GiB": from `least` to kLargestSize.
inline constexpr std::size_t kLargestSize = std::size_t{1} << 40;
Result<std::size_t> parse_size(std::string_view text, std::size_t least);
std::string print_size(std::size_t bytes);

/// UTF-8 without NUL.
bool is_text(std::string_view bytes);

/// Any text but "".
Result<std::string> parse_text(std::string_view text);

/// "token,password": names between commas, with or without spaces; "" is none.
Result<std::vector<std::string>> parse_names(std::string_view text);
std::string print_names(const std::vector<std::string>& names);

/// "1.5"
Result<double> parse_number(std::string_view text, double least, double most);

// The same, as functions of the text alone.
inline auto count_in(CountRange range) {
  return [range](std::string_view text) { return parse_count(text, range); };
}
inline auto time_from(std::chrono::milliseconds least) {
  return [least](std::string_view text) { return parse_time(text, least); };
}
inline auto time_in(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return [least, most](std::string_view text) { return parse_time(text, least, most); };
}
inline auto size_from(std::size_t least) {
  return [least](std::string_view text) { return parse_size(text, least); };
}
inline auto number_in(double least, double most) {
  return [least, most](std::string_view text) { return parse_number(text, least, most); };
}

/// The failure that all of them give: `found "x", expected y`.
tl::unexpected<Error> unexpected_value(std::string_view found, std::string_view expected);

}  // namespace suzaku::config

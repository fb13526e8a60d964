#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Times in the format of RFC 3339.
namespace suzaku::signals {

using Time = std::chrono::system_clock::time_point;

/// "2026-01-31T12:00:00.000001Z": with microseconds, or nanoseconds if there are any.
void append_timestamp(std::string& out, Time time);

/// Nothing for an invalid text, or a time outside the years 1678 to 2261. Digits after the ninth are
/// ignored.
std::optional<Time> parse_timestamp(std::string_view text);

}  // namespace suzaku::signals

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Times as RFC 3339 writes them.
namespace suzaku::signals {

using Time = std::chrono::system_clock::time_point;

/// "2026-01-31T12:00:00.000001Z": with microseconds, or nanoseconds if there are any.
void append_timestamp(std::string& out, Time time);

/// Nothing for what is no such time, or none between the years 1678 and 2261. Digits behind the ninth are left out.
std::optional<Time> parse_timestamp(std::string_view text);

}  // namespace suzaku::signals

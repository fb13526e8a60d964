#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <simdjson.h>

namespace suzaku::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kTimes = {Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr std::array kSizes = {Unit{"GiB", 1ULL << 30},
                               Unit{"GB", 1'000'000'000},
                               Unit{"MiB", 1ULL << 20},
                               Unit{"MB", 1'000'000},
                               Unit{"KiB", 1ULL << 10},
                               Unit{"KB", 1'000},
                               Unit{"", 1}};

/// The digits that `text` begins with, and what follows them. Nothing when there are none or the number is too big.
std::optional<std::pair<std::uint64_t, std::string_view>> split_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{}) return std::nullopt;
  return std::pair{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

/// A whole number of one of the units, at most `most` in all.
std::optional<std::uint64_t> parse_amount(std::string_view text, std::span<const Unit> units, std::uint64_t most) {
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  for (const Unit& unit : units)
    if (unit.name == parts->second) {
      if (parts->first > most / unit.factor) return std::nullopt;
      return parts->first * unit.factor;
    }
  return std::nullopt;
}

/// In the first unit that it is a whole number of.
std::string print_amount(std::uint64_t amount, std::span<const Unit> units) {
  for (const Unit& unit : units)
    if (amount != 0 && amount % unit.factor == 0) return std::to_string(amount / unit.factor).append(unit.name);
  return std::string("0").append(units.back().name);
}

/// A number of one of the units, or of seconds.
std::optional<std::chrono::milliseconds> parse_milliseconds(std::string_view text) {
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (failed != std::errc{} || text.starts_with('-')) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::string_view unit = rest.empty() ? "s" : rest;
  const auto* const known = std::ranges::find(kTimes, unit, &Unit::name);
  if (known == kTimes.end()) return std::nullopt;
  const double exact = number * static_cast<double>(known->factor);
  if (!(exact <= static_cast<double>(kLongestTime.count()))) return std::nullopt;  // or not a number
  const auto whole = std::llround(exact);
  if (std::abs(exact - static_cast<double>(whole)) > 1e-6) return std::nullopt;
  return std::chrono::milliseconds(whole);
}

}  // namespace

tl::unexpected<Error> unexpected_value(std::string_view found, std::string_view expected) {
  return failure("found \"" + std::string(found) + "\", expected " + std::string(expected));
}

Result<std::size_t> parse_count(std::string_view text, CountRange range) {
  const auto parts = split_number(text);
  if (parts && parts->second.empty() && parts->first >= range.least && parts->first <= range.most) return parts->first;
  const bool open = range.most == std::numeric_limits<std::size_t>::max();
  return unexpected_value(
      text, "a whole number " + (open ? "of at least " + std::to_string(range.least)
                                      : "from " + std::to_string(range.least) + " to " + std::to_string(range.most)));
}

std::string print_count(std::size_t count) {
  return std::to_string(count);
}

Result<bool> parse_switch(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return unexpected_value(text, "true or false");
}

std::string print_switch(bool on) {
  return on ? "true" : "false";
}

Result<std::chrono::milliseconds> parse_time(std::string_view text, std::chrono::milliseconds least,
                                             std::chrono::milliseconds most) {
  const auto time = parse_milliseconds(text);
  if (time && *time >= least && *time <= most) return *time;
  return unexpected_value(
      text, "a time such as 500ms, 30s, 5m, 1h or 30 (seconds), from " + print_time(least) + " to " + print_time(most));
}

std::string print_time(std::chrono::milliseconds time) {
  return print_amount(static_cast<std::uint64_t>(time.count()), kTimes);
}

Result<std::size_t> parse_size(std::string_view text, std::size_t least) {
  const auto amount = parse_amount(text, kSizes, kLargestSize);
  if (amount && *amount >= least) return *amount;
  return unexpected_value(text, "a number of bytes (8192, 8KiB, 10MB, 1GiB), from " + print_size(least) + " to " +
                                    print_size(kLargestSize));
}

std::string print_size(std::size_t bytes) {
  return print_amount(bytes, kSizes);
}

bool is_text(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size()) && bytes.find('\0') == bytes.npos;
}

Result<std::string> parse_text(std::string_view text) {
  if (text.empty()) return unexpected_value(text, "some text");
  return std::string(text);
}

Result<std::vector<std::string>> parse_names(std::string_view text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  boost::algorithm::split(names, text, [](char c) { return c == ','; });
  for (std::string& name : names) {
    boost::algorithm::trim(name);
    if (name.empty()) return unexpected_value(text, "names between commas");
  }
  return names;
}

std::string print_names(const std::vector<std::string>& names) {
  return boost::algorithm::join(names, ",");
}

Result<double> parse_number(std::string_view text, double least, double most) {
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (failed == std::errc{} && end == text.data() + text.size() && number >= least && number <= most) return number;
  return unexpected_value(text, fmt::format("a number from {} to {}", least, most));
}

}  // namespace suzaku::config

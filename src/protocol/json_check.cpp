#include "protocol/json_check.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <boost/json/basic_parser_impl.hpp>

namespace suzaku::protocol {
namespace {

/// As simdjson's.
constexpr std::size_t kMaxDepth = 1024;

using Text = boost::json::string_view;
using Code = boost::json::error_code;

bool fits_a_double(Text number) noexcept {
  double value = 0;
  return std::from_chars(number.begin(), number.end(), value).ec != std::errc::result_out_of_range ||
         number.find("e-") != Text::npos || number.find("E-") != Text::npos;
}

/// Hears what the parser finds, and keeps nothing of it but how many elements the last array or object had: the
/// outermost ends last.
struct Handler {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  std::size_t elements = 0;

  bool on_document_begin(Code&) noexcept { return true; }
  bool on_document_end(Code&) noexcept { return true; }
  bool on_object_begin(Code&) noexcept { return true; }
  bool on_object_end(std::size_t count, Code&) noexcept { return elements = count, true; }
  bool on_array_begin(Code&) noexcept { return true; }
  bool on_array_end(std::size_t count, Code&) noexcept { return elements = count, true; }
  bool on_key_part(Text, std::size_t, Code&) noexcept { return true; }
  bool on_key(Text, std::size_t, Code&) noexcept { return true; }
  bool on_string_part(Text, std::size_t, Code&) noexcept { return true; }
  bool on_string(Text, std::size_t, Code&) noexcept { return true; }
  bool on_number_part(Text, Code&) noexcept { return true; }
  bool on_int64(std::int64_t, Text, Code&) noexcept { return true; }
  bool on_uint64(std::uint64_t, Text, Code&) noexcept { return true; }
  bool on_double(double value, Text number, Code& failed) noexcept {
    const bool is_integer = number.find_first_of(".eE") == Text::npos;  // may have any number of digits
    if (is_integer || std::isfinite(value) || fits_a_double(number)) return true;
    failed = boost::json::error::exponent_overflow;
    return false;
  }
  bool on_bool(bool, Code&) noexcept { return true; }
  bool on_null(Code&) noexcept { return true; }
  bool on_comment_part(Text, Code&) noexcept { return true; }
  bool on_comment(Text, Code&) noexcept { return true; }
};

}  // namespace

Result<std::size_t> check_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Handler> parser(options);
  Code failed;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), failed);
  if (failed) return failure(failed.message());
  if (used < text.size()) return failure("something follows the JSON value");
  return parser.handler().elements;
}

}  // namespace suzaku::protocol

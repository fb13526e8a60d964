#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>

namespace suzaku::program {

/// One line of JSON: an object, put together member by member. Names are plain words.
class JsonLine {
 public:
  /// A string. Throws std::invalid_argument when it is not UTF-8.
  JsonLine& text(std::string_view name, std::string_view value);
  /// JSON as it is, in one line. Control characters are escaped.
  JsonLine& json(std::string_view name, std::string_view value);
  /// JSON as it is; bytes as {"binary": BASE64}.
  JsonLine& payload(std::string_view name, const Payload& value);
  JsonLine& number(std::string_view name, std::size_t value);
  /// With microseconds behind the point; null for none.
  JsonLine& milliseconds(std::string_view name, std::optional<std::chrono::nanoseconds> value);

  std::string str() const { return line_ + '}'; }

 private:
  void name(std::string_view name);
  std::string line_ = "{";
};

/// {"topic", "event", "payload"}
std::string message_line(std::string_view topic, std::string_view event, const Payload& payload);

/// "1.234", of milliseconds
std::string print_milliseconds(std::chrono::nanoseconds time);

}  // namespace suzaku::program

#pragma once

#include <string>
#include <string_view>

/// Small work on JSON text without parsing it.
namespace suzaku::protocol {

/// Throws std::invalid_argument when `text` is not valid UTF-8: no client could read a frame with it.
void require_utf8(std::string_view text);

/// Appends `text` as a JSON string, escaped as Phoenix's encoder does: UTF-8 as it is, \b \f \n \r \t \" \\, other
/// control characters as \u00XX. Requires UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// Walks over JSON text that is known to be valid, to find where its parts begin and end.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view json) noexcept : at_(json.data()) {}

  /// Steps over white space and returns the next character without taking it.
  char peek() noexcept {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r') ++at_;
    return *at_;
  }
  /// Steps over white space and one character: a bracket, a colon or a comma.
  void take() noexcept {
    peek();
    ++at_;
  }
  /// Steps over one value and returns its text.
  std::string_view value() noexcept;
  /// The last value of an array that `json` consists of, without walking over it.
  std::string_view rest_of_array(std::string_view json) noexcept;

 private:
  void skip_string() noexcept;
  void skip_container() noexcept;

  const char* at_;
};

}  // namespace suzaku::protocol

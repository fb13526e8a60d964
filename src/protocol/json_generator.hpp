#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "protocol/strict_json.hpp"

/// For tests: random JSON text in all its spellings, as a client might write it.
namespace suzaku::protocol::test {

inline std::string pick(const std::vector<std::string>& parts) {
  return *rc::gen::elementOf(parts);
}

inline std::string generate_space() {
  return *rc::gen::weightedElement<std::string>({{6, ""}, {1, " "}, {1, "\n\t"}, {1, " \r\n  "}});
}

/// With its quotes.
inline std::string generate_string() {
  static const std::vector<std::string> kParts = {
      "a", "room:", "é",    "日",      "🙂",      "/",   "\x7f",           ",",   ":", "[",        "]",           "{",
      "}", "\\\"",  "\\\\", "\\u0000", "\\u00e9", "\\n", "\\ud83d\\ude42", "\\/", "9", "\\\\\\\"", "\xe2\x80\xa8"};
  std::string text = "\"";
  for (std::size_t size = *rc::gen::inRange<std::size_t>(0, 8); size > 0; --size) text += pick(kParts);
  return text + '"';
}

/// What such a string means: UTF-8 with anything in it.
inline std::string generate_word() {
  const Json value = value_of(generate_string());
  return {value.as_string().data(), value.as_string().size()};
}

/// An integer with this number of digits.
inline std::string generate_integer(std::size_t digits) {
  std::string text = *rc::gen::arbitrary<bool>() ? "-" : "";
  text += *rc::gen::inRange('1', static_cast<char>('9' + 1));
  while (--digits > 0) text += *rc::gen::inRange('0', static_cast<char>('9' + 1));
  return text;
}

inline std::string generate_number() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return generate_integer(*rc::gen::inRange<std::size_t>(1, 6));
    case 1:
      return generate_integer(*rc::gen::inRange<std::size_t>(17, 40));
    case 2:
      return generate_integer(1) + ".5e-" + std::to_string(*rc::gen::inRange(0, 300));
    default:
      return pick({"0", "-0", "-0.0", "1e3", "1E+3", "1.0", "9007199254740993", "18446744073709551616", "0.1e-1"});
  }
}

inline std::string generate_json(int depth = 3);

inline std::string generate_array(int depth) {
  std::string text = "[" + generate_space();
  for (int size = *rc::gen::inRange(0, 4); size > 0; --size)
    text += generate_json(depth) + generate_space() + (size > 1 ? "," : "") + generate_space();
  return text + "]";
}

inline std::string generate_object(int depth = 2) {
  std::string text = "{" + generate_space();
  for (int size = *rc::gen::inRange(0, 4); size > 0; --size) {
    text += generate_string() + generate_space() + ":" + generate_space();
    text += generate_json(depth) + generate_space() + (size > 1 ? "," : "") + generate_space();
  }
  return text + "}";
}

/// Any value, with no space around it.
inline std::string generate_json(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 5 : 3)) {
    case 0:
      return pick({"null", "true", "false"});
    case 1:
      return generate_string();
    case 2:
      return generate_number();
    case 3:
      return generate_array(depth - 1);
    default:
      return generate_object(depth - 1);
  }
}

}  // namespace suzaku::protocol::test

#include "protocol/json_text.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

#include "protocol/json_generator.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::protocol {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(AppendJsonString, escapes_as_phoenix_does) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("room:lobby"), R"("room:lobby")");
  EXPECT_EQ(json_string("\b\f\n\r\t\"\\"), R"("\b\f\n\r\t\"\\")");
  EXPECT_EQ(json_string(std::string_view("a\0b\x1f", 4)), R"("a\u0000b\u001F")");
  EXPECT_EQ(json_string("a/b \x7f caf\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x99\x82"),
            "\"a/b \x7f caf\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x99\x82\"");
}

TEST(AppendJsonString, appends) {
  std::string out = "[";
  append_json_string(out, "a");
  EXPECT_EQ(out, R"(["a")");
}

TEST(AppendJsonString, refuses_what_is_not_utf8) {
  for (const auto* wrong : {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"})
    EXPECT_THROW(json_string(wrong), std::invalid_argument) << wrong;
}

RC_GTEST_PROP(AppendJsonString, is_read_back_as_what_was_written, ()) {
  const auto parts = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"a", "\"", "\\", "\n", std::string(1, '\0'), "\x1b", "\x7f", "é", "日", "🙂", "u0041"}));
  std::string text;
  for (const std::string& part : parts) text += part;
  const Json value = boost::json::parse(json_string(text));
  RC_ASSERT(std::string_view(value.as_string().data(), value.as_string().size()) == text);
}

TEST(JsonCursor, finds_the_parts_of_a_frame) {
  const std::string text = R"( [ null,"1\"]" , {"a":[1,"}"]},-1.5e3 ,[] ] )";
  JsonCursor cursor(text);
  const std::vector<std::string> expected = {"null", R"("1\"]")", R"({"a":[1,"}"]})", "-1.5e3", "[]"};
  for (const std::string& part : expected) {
    cursor.take();
    EXPECT_EQ(cursor.value(), part);
  }
  EXPECT_EQ(cursor.peek(), ']');
}

TEST(JsonCursor, finds_the_last_element_from_the_end) {
  for (const std::string text : {R"([1,{"a":"]"}])", "[1,{\"a\":\"]\"} \n]\t "}) {
    JsonCursor cursor(text);
    cursor.take();
    cursor.value();
    cursor.take();
    EXPECT_EQ(cursor.rest_of_array(text), R"({"a":"]"})");
    EXPECT_EQ(cursor.peek(), ']');
  }
}

/// Walks the text with a cursor and the same value with the DOM: at every leaf and every bracket they must agree.
void expect_same(simdjson::dom::element value, std::string_view text) {
  StrictJson other;
  if (value.is_array()) {
    JsonCursor cursor(text);
    for (const simdjson::dom::element element : value.get_array()) {
      cursor.take();
      expect_same(element, cursor.value());
    }
    if (value.get_array().size() == 0) cursor.take();
    RC_ASSERT(cursor.peek() == ']');
  } else if (value.is_object()) {
    JsonCursor cursor(text);
    for (const auto [key, element] : value.get_object()) {
      cursor.take();
      const auto key_text = other.parse_unpadded(cursor.value());
      RC_ASSERT(key_text && std::string_view(key_text->get_string()) == key);
      cursor.take();
      expect_same(element, cursor.value());
    }
    if (value.get_object().size() == 0) cursor.take();
    RC_ASSERT(cursor.peek() == '}');
  } else {
    const auto leaf = other.parse_unpadded(text);
    const bool long_number = value.is_number() && text.size() > 18;  // may stand as 1 in the DOM
    RC_ASSERT(leaf && (long_number || simdjson::minify(*leaf) == simdjson::minify(value)));
  }
}

RC_GTEST_PROP(JsonCursor, finds_the_same_parts_as_the_parser, ()) {
  const std::string value = test::generate_json();
  const std::string text = test::generate_space() + value + test::generate_space() + ",";
  JsonCursor cursor(text);
  const std::string_view found = cursor.value();
  RC_ASSERT(found == value);
  StrictJson parser;
  const auto dom = parser.parse_unpadded(found);
  RC_ASSERT(dom.has_value());
  expect_same(*dom, found);
}

RC_GTEST_PROP(JsonCursor, finds_the_last_element_as_it_finds_the_others, ()) {
  std::string text = test::generate_space() + "[";
  const int before = *rc::gen::inRange(0, 3);
  for (int i = 0; i < before; ++i) text += test::generate_json() + ",";
  const std::string last = test::generate_json();
  text += test::generate_space() + last + test::generate_space() + "]" + test::generate_space();
  JsonCursor cursor(text);
  for (int i = 0; i < before; ++i) {
    cursor.take();
    cursor.value();
  }
  cursor.take();
  RC_ASSERT(cursor.rest_of_array(text) == last);
}

}  // namespace
}  // namespace suzaku::protocol

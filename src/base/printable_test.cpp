#include "base/printable.hpp"

#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(Printable, text_that_does_no_harm_stays_as_it_is) {
  for (const std::string text :
       {"", "room:lobby", "caf\u00e9 \u4f60\u597d \U0001f600 \u05d0\u05d1", "a\\nb \"c\"", "\ufffd"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, control_characters_are_shown_as_escapes) {
  EXPECT_EQ(printable("a\n\tb\x1b[31m\x7f"), "a\\u000a\\u0009b\\u001b[31m\\u007f");
  EXPECT_EQ(printable(std::string(1, '\0')), "\\u0000");
  EXPECT_EQ(printable("\u0080\u009b31m\u009f\u00a0"), "\\u0080\\u009b31m\\u009f\u00a0");
}

TEST(Printable, separators_of_lines_and_marks_of_direction_are_shown_as_escapes) {
  EXPECT_EQ(printable("\u2028\u2029"), "\\u2028\\u2029");
  EXPECT_EQ(printable("\u202a\u202b\u202c\u202d\u202e"), "\\u202a\\u202b\\u202c\\u202d\\u202e");
  EXPECT_EQ(printable("\u2066\u2067\u2068\u2069"), "\\u2066\\u2067\\u2068\\u2069");
  EXPECT_EQ(printable("\u061c\u200e\u200f"), "\\u061c\\u200e\\u200f");
  EXPECT_EQ(printable("\u2027\u202f\u2065\u206a\u200d"), "\u2027\u202f\u2065\u206a\u200d");
}

TEST(Printable, each_byte_that_is_not_utf8_becomes_a_replacement_character) {
  const std::string bad = "\ufffd";
  EXPECT_EQ(printable("a\xff z"), "a" + bad + " z");
  EXPECT_EQ(printable("\x9b"), bad) << "a continuation byte alone";
  EXPECT_EQ(printable("\xc2"), bad) << "the half of a character";
  EXPECT_EQ(printable("\xe2\x82x"), bad + bad + "x");
  EXPECT_EQ(printable("\xc0\xaf"), bad + bad) << "an overlong slash";
  EXPECT_EQ(printable("\xe0\x82\x9b"), bad + bad + bad) << "an overlong U+009B";
  EXPECT_EQ(printable("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "beyond U+10FFFF";
  EXPECT_EQ(printable("\xf5\x80\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(printable("\U0010ffff"), "\U0010ffff");
}

TEST(Printable, what_is_too_long_is_cut_between_characters) {
  EXPECT_EQ(printable("abcd", 4), "abcd");
  EXPECT_EQ(printable("abcde", 4), "abcd...");
  EXPECT_EQ(printable("ab\u20acd", 4), "ab...");
  EXPECT_EQ(printable("\n\n", 11), "\\u000a...") << "an escape is one character";
  EXPECT_EQ(printable("a", 0), "...");
}

TEST(PrintableJson, is_the_same_value_in_one_line) {
  const std::string json = "{\"a\":\r\n\t\"\u009b31m \u202e \x7f caf\u00e9 \\u001b \\n\"}";
  const std::string shown = printable_json(json);
  EXPECT_EQ(shown, "{\"a\":   \"\\u009b31m \\u202e \\u007f caf\u00e9 \\u001b \\n\"}");
  EXPECT_EQ(boost::json::parse(shown), boost::json::parse(json));
}

TEST(PrintableJson, what_is_no_json_is_harmless_too) {
  EXPECT_EQ(printable_json("not\x1b[31m \xff"), "not [31m \ufffd");
}

}  // namespace
}  // namespace suzaku

#include "protocol/strict_json.hpp"

#include <string>

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "protocol/json_generator.hpp"

namespace suzaku::protocol {
namespace {

bool accepts(std::string_view text) {
  return StrictJson().parse_unpadded(text).has_value();
}

TEST(StrictJson, refuses_everything_that_is_not_json) {
  for (const std::string_view wrong :
       {"",          " ",     "nul", "[1,]",     "[1 2]",    "{\"a\":1,}", "{\"a\" 1}",   "{1:2}",
        "[1]]",      "[1] x", "\"a", "[\"\t\"]", "'a'",      "+1",         "01",          "1.",
        ".5",        "1e",    "0x1", "NaN",      "Infinity", "[\"\\x\"]",  "[\"\\u12\"]", "\xef\xbb\xbf[]",
        "[\"\xff\"]"})
    EXPECT_FALSE(accepts(wrong)) << wrong;
}

TEST(StrictJson, refuses_halves_of_surrogate_pairs) {
  EXPECT_TRUE(accepts(R"(["\ud83d\ude42"])"));
  for (const auto* wrong :
       {R"(["\ud83d"])", R"(["\ude42"])", R"(["\ud83d\ud83d"])", R"(["\ud83dx"])", R"({"\udc00":1})"})
    EXPECT_FALSE(accepts(wrong)) << wrong;
}

TEST(StrictJson, refuses_numbers_beyond_a_double) {
  EXPECT_FALSE(accepts("1E400"));
  EXPECT_FALSE(accepts("[-1.5e309]"));
  EXPECT_FALSE(accepts("[123456789012345678901234567890,1E400]"));
  EXPECT_TRUE(accepts("1e308"));
  EXPECT_TRUE(accepts("1e-400"));
}

TEST(StrictJson, takes_integers_of_any_length) {
  EXPECT_TRUE(accepts("18446744073709551615"));
  EXPECT_TRUE(accepts("18446744073709551616"));
  EXPECT_TRUE(accepts("[-" + std::string(5000, '9') + "]"));
}

TEST(StrictJson, is_as_strict_beside_big_integers) {
  const std::string big(30, '7');
  for (const std::string& wrong :
       {"0" + big, "[" + big + " 1]", "[" + big + "x]", "[" + big + "-1]", big + ".", "[" + big + "\"a\"]",
        "[--" + big + "]", "[" + big + ",\"\\ud83d\"]", "[+" + big + "]", "[" + big + big + "e999]"})
    EXPECT_FALSE(accepts(wrong)) << wrong;
}

TEST(StrictJson, leaves_digits_in_strings_alone) {
  StrictJson parser;
  const auto parsed = parser.parse_unpadded(R"([123456789012345678901234567890,"\"123456789012345678901234567890\\"])");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::string_view(parsed->at(1)), R"("123456789012345678901234567890\)");
}

TEST(StrictJson, takes_a_large_text_and_small_ones_after_it) {
  StrictJson parser;
  const std::string large = "[\"" + std::string(3 << 20, 'a') + "\"]";
  EXPECT_TRUE(parser.parse_unpadded(large));
  EXPECT_TRUE(parser.parse_unpadded("[1]"));
  EXPECT_TRUE(parser.parse_unpadded(large));
}

TEST(ValueOf, reads_whatever_was_accepted_however_deep_it_is) {
  for (const std::size_t depth : {33U, 500U, 1023U, 1024U, 1025U, 5000U}) {
    const std::string text = std::string(depth, '[') + std::string(depth, ']');
    if (accepts(text)) {
      EXPECT_NO_THROW(value_of(text)) << depth;
    } else {
      EXPECT_GE(depth, 1024U);
    }
  }
}

RC_GTEST_PROP(StrictJson, takes_all_json_and_boost_agrees, ()) {
  const std::string text = test::generate_space() + test::generate_json() + test::generate_space();
  RC_ASSERT(accepts(text));
  (void)value_of(text);
}

/// Valid JSON with one thing changed, inserted or left out: nothing may pass that another parser refuses.
RC_GTEST_PROP(StrictJson, accepts_nothing_that_boost_refuses, ()) {
  std::string text = test::generate_json();
  for (int changes = *rc::gen::inRange(1, 3); changes > 0; --changes) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    const std::string insert = *rc::gen::elementOf(std::vector<std::string>{"",        "\"",
                                                                            "\\",      ",",
                                                                            ":",       "[",
                                                                            "]",       "{",
                                                                            "}",       "1",
                                                                            "-",       ".",
                                                                            "e",       " ",
                                                                            "\t",      "\n",
                                                                            "\xff",    "\xed\xa0\x80",
                                                                            "\\u",     "\\ud83d",
                                                                            "\\udc00", "12345678901234567890123",
                                                                            "0",       "null"});
    text.replace(at, *rc::gen::inRange<std::size_t>(0, 2), insert);
  }
  if (!accepts(text)) return;
  try {
    const Json value = value_of(text);  // throws when it is no JSON
  } catch (const boost::system::system_error& refused) {
    // A limit of Boost's own: 1e-9999999999 is a zero to others.
    RC_ASSERT(refused.code() == boost::json::error::exponent_overflow);
  }
}

}  // namespace
}  // namespace suzaku::protocol

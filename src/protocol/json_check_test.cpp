#include "protocol/json_check.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <malloc.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "protocol/json_generator.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::protocol {
namespace {

bool accepts(std::string_view text) {
  return check_json(text).has_value();
}

TEST(CheckJson, counts_what_the_outermost_value_holds) {
  EXPECT_EQ(check_json("[]"), 0U);
  EXPECT_EQ(check_json(" [1,[2,3,4],{\"a\":5}] "), 3U);
  EXPECT_EQ(check_json(R"({"a":[1,2,3],"b":{}})"), 2U);
  EXPECT_EQ(check_json(R"("text")"), 0U);
}

TEST(CheckJson, takes_integers_of_any_length_and_other_numbers_that_fit_a_double) {
  EXPECT_TRUE(accepts("[-" + std::string(5000, '9') + "]"));
  for (const char* fits : {"1e308", "1.7976931348623157e308", "1e-400", "-0.0"}) EXPECT_TRUE(accepts(fits)) << fits;
  for (const char* too_large : {"1E400", "[-1.5e309]", "[1.0e99999999999]"})
    EXPECT_FALSE(accepts(too_large)) << too_large;
}

TEST(CheckJson, stops_at_the_same_depth_as_the_other_parser) {
  for (const std::size_t depth : {1000U, 1023U, 1025U, 100'000U}) {
    const std::string text = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_EQ(accepts(text), depth < 1025) << depth;
    EXPECT_EQ(accepts(text), StrictJson().parse_unpadded(text).has_value()) << depth;
  }
}

TEST(CheckJson, keeps_no_memory_for_a_large_text) {
  std::string text = "[";
  while (text.size() < 3'000'000) text += "[],";
  text += "[]]" + std::string(simdjson::SIMDJSON_PADDING, ' ');
  const std::string_view json(text.data(), text.size() - simdjson::SIMDJSON_PADDING);
  StrictJson parser;
  ASSERT_TRUE(parser.check_unpadded("[1]"));
  const auto held = [] {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::size_t before = held();
  EXPECT_TRUE(parser.check(json));
  EXPECT_LT(held(), before + 100'000);
}

RC_GTEST_PROP(CheckJson, takes_all_json, ()) {
  RC_ASSERT(accepts(test::generate_space() + test::generate_json() + test::generate_space()));
}

/// Valid JSON with one thing changed, inserted or left out.
RC_GTEST_PROP(CheckJson, refuses_what_the_other_parser_refuses_and_nothing_else, ()) {
  std::string text = test::generate_json();
  for (int changes = *rc::gen::inRange(1, 3); changes > 0; --changes) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    const std::string insert = test::pick({"",   "\"", "\\",   ",",   ":",   "[",        "]",       "{",       "}",
                                           "1",  "-",  ".",    "e",   " ",   "\t",       "\n",      "\xff",    "0",
                                           "1e", "/",  "null", "\\u", "e99", "\xc3\xa9", "\\ud83d", "\\udc00", "E400"});
    text.replace(at, *rc::gen::inRange<std::size_t>(0, 2), insert);
  }
  const auto checked = check_json(text);
  const auto parsed = StrictJson().check_unpadded(text);
  if (checked) {
    RC_ASSERT(parsed && *parsed == *checked);
  } else if (parsed) {
    RC_ASSERT(checked.error().message == "exponent overflow");  // beyond 32 bits
  }
}

}  // namespace
}  // namespace suzaku::protocol

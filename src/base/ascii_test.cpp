#include "base/ascii.hpp"

#include <gtest/gtest.h>

namespace suzaku::ascii {
namespace {

TEST(Ascii, letters_and_digits_are_those_of_ascii_alone) {
  int letters = 0;
  int digits = 0;
  int controls = 0;
  for (int c = 0; c < 256; ++c) {
    letters += is_letter(static_cast<char>(c)) ? 1 : 0;
    digits += is_digit(static_cast<char>(c)) ? 1 : 0;
    controls += is_control(static_cast<char>(c)) ? 1 : 0;
  }
  EXPECT_EQ(letters, 52);
  EXPECT_EQ(digits, 10);
  EXPECT_EQ(controls, 33);
  EXPECT_TRUE(is_control('\t'));
  EXPECT_FALSE(is_control_but_tab('\t'));
  EXPECT_TRUE(is_control_but_tab('\x7f'));
}

TEST(Ascii, lower_case_changes_letters_of_ascii_alone) {
  EXPECT_EQ(lower_case("WebSocket-@[`{ \xc3\x89"), "websocket-@[`{ \xc3\x89");
  EXPECT_TRUE(equal_ignoring_case("Upgrade", "uPGRADE"));
  EXPECT_FALSE(equal_ignoring_case("Upgrade", "Upgrad"));
  EXPECT_FALSE(equal_ignoring_case("[", "{"));
}

TEST(Ascii, hexadecimal_digits_have_a_value) {
  EXPECT_EQ(hex_value('0'), 0);
  EXPECT_EQ(hex_value('9'), 9);
  EXPECT_EQ(hex_value('a'), 10);
  EXPECT_EQ(hex_value('F'), 15);
  for (const char c : {'/', ':', '@', 'G', '`', 'g'}) EXPECT_EQ(hex_value(c), -1) << c;
}

}  // namespace
}  // namespace suzaku::ascii

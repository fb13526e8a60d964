#include "base/base64.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

using namespace std::string_view_literals;

TEST(Base64, is_that_of_the_rfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xfb\xff\xfe"), "+//+");
}

TEST(Base64, gives_all_bytes_back) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_EQ(decode_base64(base64(bytes)), bytes);
  }
}

TEST(Base64, what_is_none_is_refused) {
  for (const auto text :
       {"Zg="sv, "Zm9"sv, "Zm9="sv, "Z==="sv, "===="sv, "Zg==Zg=="sv, "Zm-v"sv, "Zm 9v"sv, "Zm9v\n"sv})
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
}

TEST(Base64, of_either_alphabet_is_taken_with_padding_or_without) {
  for (const auto text : {"+/8"sv, "-_8"sv, "+/8="sv, "-_8="sv}) EXPECT_EQ(decode_any_base64(text), "\xfb\xff") << text;
  EXPECT_EQ(decode_any_base64("YR"), "a");
  for (const auto text : {"Y"sv, "Zm 9"sv, "Zg==Zg=="sv}) EXPECT_EQ(decode_any_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace suzaku

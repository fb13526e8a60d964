#include "base/percent_encode.hpp"

#include <string>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(PercentEncode, keeps_what_is_unreserved_and_what_it_is_told_to_keep) {
  EXPECT_EQ(percent_encode(""), "");
  EXPECT_EQ(percent_encode("azAZ09-._~"), "azAZ09-._~");
  EXPECT_EQ(percent_encode("a b/\xc3\xa9?%&+"), "a%20b%2F%C3%A9%3F%25%26%2B");
  EXPECT_EQ(percent_encode(std::string("\0\x7f\xff", 3)), "%00%7F%FF");
  EXPECT_EQ(percent_encode("a b/c?d%20", "/%"), "a%20b/c%3Fd%20");
}

}  // namespace
}  // namespace suzaku

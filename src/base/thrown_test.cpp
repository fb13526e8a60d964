#include "base/thrown.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

template <class T>
std::string words_of(const T& thrown) {
  try {
    throw thrown;
  } catch (...) {
    return what_is_thrown();
  }
}

TEST(Thrown, is_told_in_printable_words) {
  EXPECT_EQ(words_of(std::runtime_error("no room")), "no room");
  EXPECT_EQ(words_of(std::runtime_error("bad \x1b \xff")), "bad \\u001b \ufffd");
  EXPECT_EQ(words_of(7), "something that is no std::exception");
}

}  // namespace
}  // namespace suzaku

#include "base/shared_bytes.hpp"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(SharedBytes, an_empty_one_holds_nothing) {
  const SharedBytes empty;
  EXPECT_FALSE(empty);
  EXPECT_EQ(empty.size(), 0U);
  EXPECT_EQ(empty.view(), "");
  EXPECT_FALSE(SharedBytes(empty));
}

TEST(SharedBytes, bytes_of_length_zero_are_not_no_bytes) {
  const SharedBytes zero = SharedBytes::copy("");
  EXPECT_TRUE(zero);
  EXPECT_EQ(zero.view(), "");
}

TEST(SharedBytes, copies_share_the_same_bytes) {
  const SharedBytes one = SharedBytes::copy(std::string_view("a\0b", 3));
  const SharedBytes two = one;
  EXPECT_EQ(two.view(), std::string_view("a\0b", 3));
  EXPECT_EQ(two.data(), one.data());
}

TEST(SharedBytes, bytes_are_written_once_when_they_are_made) {
  const SharedBytes bytes = SharedBytes::make(3, [](char* out) { std::memcpy(out, "xyz", 3); });
  EXPECT_EQ(bytes.view(), "xyz");
}

TEST(SharedBytes, a_moved_one_is_empty_and_what_took_over_lives_on) {
  SharedBytes one = SharedBytes::copy("frame");
  SharedBytes two = std::move(one);
  EXPECT_FALSE(one);  // NOLINT(bugprone-use-after-move): empty is what is promised
  two = SharedBytes(two);
  EXPECT_EQ(two.view(), "frame");
}

TEST(SharedBytes, the_last_owner_frees_them_whichever_thread_that_is) {
  std::vector<std::thread> threads;
  {
    const SharedBytes bytes = SharedBytes::copy("shared");
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([bytes] {
        for (int copies = 0; copies < 1000; ++copies) {
          const SharedBytes mine = bytes;
          ASSERT_EQ(mine.view(), "shared");
        }
      });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace suzaku

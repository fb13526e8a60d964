#include "base/budget.hpp"

#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(Budget, gives_what_it_has_and_no_more) {
  Budget budget(100);
  Budget::Share first(budget);
  Budget::Share second(budget);
  EXPECT_TRUE(first.grow_to(60));
  EXPECT_FALSE(second.grow_to(41));
  EXPECT_EQ(second.bytes(), 0U);
  EXPECT_TRUE(second.grow_to(40));
  EXPECT_FALSE(first.grow_to(61));
  EXPECT_TRUE(first.grow_to(50)) << "it has more than that";
  EXPECT_EQ(first.bytes(), 60U);
  EXPECT_EQ(budget.used(), 100U);
}

TEST(Budget, gets_back_what_a_share_had) {
  Budget budget(100);
  std::optional<Budget::Share> share(budget);
  ASSERT_TRUE(share->grow_to(100));
  Budget::Share moved = *std::move(share);
  share.reset();
  EXPECT_EQ(budget.used(), 100U);
  moved = Budget::Share(budget);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(Budget, a_share_of_none_has_no_bound) {
  Budget::Share share;
  EXPECT_TRUE(share.grow_to(1'000'000));
}

TEST(Budget, is_never_exceeded_whatever_threads_do) {
  constexpr std::size_t kBytes = 10;
  Budget budget(kBytes);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 10'000; ++round) {
        Budget::Share share(budget);
        EXPECT_LE((share.grow_to(3) && share.grow_to(7) ? budget.used() : 0), kBytes);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace suzaku

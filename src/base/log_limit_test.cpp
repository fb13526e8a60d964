#include "base/log_limit.hpp"

#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(LogLimit, passes_so_many_lines_in_a_second_and_counts_the_others) {
  using namespace std::chrono_literals;
  LogLimit limit(2);
  const LogLimit::Clock::time_point start{};
  EXPECT_EQ(limit.pass(start), 0U);
  EXPECT_EQ(limit.pass(start + 999ms), 0U);
  EXPECT_EQ(limit.pass(start + 999ms), std::nullopt);
  EXPECT_EQ(limit.pass(start + 999ms), std::nullopt);
  EXPECT_EQ(limit.left_out(), 2U);
  EXPECT_EQ(limit.pass(start + 1000ms), 2U);
  EXPECT_EQ(limit.left_out(), 0U);
  EXPECT_EQ(limit.pass(start + 1001ms), 0U);
  EXPECT_EQ(limit.pass(start + 1001ms), std::nullopt);
}

TEST(LogLimit, tells_what_was_left_out_when_a_second_is_over) {
  using namespace std::chrono_literals;
  LogLimit limit(1);
  const LogLimit::Clock::time_point start{};
  EXPECT_EQ(limit.take_overdue(start), 0U);
  limit.pass(start);
  limit.pass(start);
  EXPECT_EQ(limit.take_overdue(start + 999ms), 0U);
  EXPECT_EQ(limit.take_overdue(start + 1000ms), 1U);
  EXPECT_EQ(limit.take_overdue(start + 1000ms), 0U);
  EXPECT_EQ(limit.pass(start + 1000ms), 0U) << "it has been told";
}

}  // namespace
}  // namespace suzaku

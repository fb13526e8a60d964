#include "signals/restart_policy.hpp"

#include <gtest/gtest.h>

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

RestartPolicy::Clock::time_point at(std::chrono::milliseconds time) {
  return RestartPolicy::Clock::time_point(time);
}

TEST(RestartPolicy, decides_by_the_kind_of_end_whether_to_start_again) {
  EXPECT_TRUE(RestartPolicy({.restart = Restart::permanent}).restarts(End::normal, at(0ms)));
  EXPECT_TRUE(RestartPolicy({.restart = Restart::permanent}).restarts(End::failed, at(0ms)));
  EXPECT_FALSE(RestartPolicy({.restart = Restart::transient}).restarts(End::normal, at(0ms)));
  EXPECT_TRUE(RestartPolicy({.restart = Restart::transient}).restarts(End::failed, at(0ms)));
  EXPECT_FALSE(RestartPolicy({.restart = Restart::temporary}).restarts(End::normal, at(0ms)));
  EXPECT_FALSE(RestartPolicy({.restart = Restart::temporary}).restarts(End::failed, at(0ms)));
}

TEST(RestartPolicy, gives_up_after_more_than_max_restarts_within_the_period) {
  RestartPolicy policy({.max_restarts = 2, .period = 5s});
  EXPECT_TRUE(policy.restarts(End::failed, at(0s)));
  EXPECT_TRUE(policy.restarts(End::failed, at(4s)));
  EXPECT_FALSE(policy.restarts(End::failed, at(5s)));
}

TEST(RestartPolicy, forgets_restarts_that_are_older_than_the_period) {
  RestartPolicy policy({.max_restarts = 2, .period = 5s});
  for (std::chrono::milliseconds time = 0ms; time < 1min; time += 2501ms)
    EXPECT_TRUE(policy.restarts(End::failed, at(time)));
}

TEST(RestartPolicy, with_no_restarts_allowed_gives_up_at_once) {
  EXPECT_FALSE(RestartPolicy({.max_restarts = 0}).restarts(End::failed, at(0s)));
}

}  // namespace
}  // namespace suzaku::signals

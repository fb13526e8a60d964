#include "signals/restart_policy.hpp"

#include <gtest/gtest.h>

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

RestartPolicy::Clock::time_point at(std::chrono::milliseconds time) {
  return RestartPolicy::Clock::time_point(time);
}

TEST(RestartPolicy, says_after_which_ends_something_is_started_again) {
  EXPECT_TRUE(RestartPolicy({.restart = Restart::permanent}).restarts(End::normal, at(0ms)));
  EXPECT_TRUE(RestartPolicy({.restart = Restart::permanent}).restarts(End::failed, at(0ms)));
  EXPECT_FALSE(RestartPolicy({.restart = Restart::transient}).restarts(End::normal, at(0ms)));
  EXPECT_TRUE(RestartPolicy({.restart = Restart::transient}).restarts(End::failed, at(0ms)));
  EXPECT_FALSE(RestartPolicy({.restart = Restart::temporary}).restarts(End::normal, at(0ms)));
  EXPECT_FALSE(RestartPolicy({.restart = Restart::temporary}).restarts(End::failed, at(0ms)));
}

TEST(RestartPolicy, gives_up_at_one_more_than_so_many_within_the_period) {
  RestartPolicy policy({.max_restarts = 2, .period = 5s});
  EXPECT_TRUE(policy.restarts(End::failed, at(0s)));
  EXPECT_TRUE(policy.restarts(End::failed, at(4s)));
  EXPECT_FALSE(policy.restarts(End::failed, at(5s)));
}

TEST(RestartPolicy, forgets_restarts_that_are_longer_ago_than_the_period) {
  RestartPolicy policy({.max_restarts = 2, .period = 5s});
  for (std::chrono::milliseconds time = 0ms; time < 1min; time += 2501ms)
    EXPECT_TRUE(policy.restarts(End::failed, at(time)));
}

TEST(RestartPolicy, with_no_restarts_allowed_gives_up_at_once) {
  EXPECT_FALSE(RestartPolicy({.max_restarts = 0}).restarts(End::failed, at(0s)));
}

}  // namespace
}  // namespace suzaku::signals

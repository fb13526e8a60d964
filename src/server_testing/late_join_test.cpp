// The rules of joins that are answered later, in virtual time and against a model.

#include <cstdint>
#include <random>
#include <vector>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "server_testing/kit_test.hpp"
#include "server_testing/late_join_story.hpp"

namespace suzaku::server_testing {
namespace {

class LateJoinTest : public KitTest {
 protected:
  LateJoinTest() {
    script.join = [this](const Script::Later& later, const Script::Work&) { return answer = later(); };
  }
  server::JoinAnswer answer;
};

TEST_F(LateJoinTest, is_refused_after_eight_seconds) {
  const Join join = server.connect().join("room:1");
  server.advance(8s - 1ms);
  join.refute_reply();
  server.advance(1ms);
  join.expect_error({{"reason", "join timeout"}});
  EXPECT_EQ(server.endpoint().stats().channels, 0u);
}

TEST_F(LateJoinTest, is_answered_in_time) {
  const Join join = server.connect().join("room:1");
  server.advance(7s);
  answer.ok({{"members", 2}});
  const Channel room = join.expect_ok({{"members", 2}});
  server.advance(1h);
  room.push("echo").expect_reply("ok");
}

TEST_F(LateJoinTest, timers_of_the_channel_wait_for_it) {
  server::ChannelHandle self;
  const Client client = server.connect();
  const Join join = client.join("room:1");
  server.advance(1s);
  client.expect_nothing();
  answer.error();
  join.expect_error();
}

/// Joins, answers, leaves, pushes, timeouts and closes at random, against a model.
RC_GTEST_PROP(LateJoin, every_message_is_answered_once_as_the_rules_say, (const std::vector<std::uint8_t>& steps)) {
  RC_ASSERT(LateJoinStory(steps).run() == "");
}

TEST(LateJoin, a_long_story_keeps_the_rules) {
  std::mt19937 random(11);  // NOLINT(bugprone-random-generator-seed): the same test every time
  for (int i = 0; i < 200; ++i) {
    std::vector<std::uint8_t> steps(300);
    for (auto& step : steps) step = static_cast<std::uint8_t>(random());
    EXPECT_EQ(LateJoinStory(steps).run(), "") << i;
  }
}

}  // namespace
}  // namespace suzaku::server_testing

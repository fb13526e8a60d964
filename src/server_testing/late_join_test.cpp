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

TEST_F(LateJoinTest, an_answer_that_nobody_can_give_crashes_it_at_once) {
  script.join = [](const Script::Later&, const Script::Work&) { return server::JoinAnswer(); };
  const Client client = server.connect();
  testing::internal::CaptureStderr();
  client.join("room:1").expect_error({{"reason", "join crashed"}});
  EXPECT_NE(testing::internal::GetCapturedStderr().find("a JoinAnswer is returned that later() has not made"),
            std::string::npos);
  EXPECT_EQ(server.endpoint().stats().channels, 0u);
}

TEST(LateJoin, messages_of_all_clients_wait_within_one_limit) {
  Script script;
  std::vector<server::JoinAnswer> answers;
  script.join = [&](const Script::Later& later, const Script::Work&) { return answers.emplace_back(later()); };
  Server server({.max_unfinished_bytes = 10'000});
  server.endpoint().socket("/socket", {.max_frame_size = 10'000}).channel("room:*", [&] {
    return std::make_unique<TestChannel>(script);
  });
  const Payload large{{"text", std::string(6'000, 'x')}};
  const Join ann = server.connect().join("room:1");
  const Push waiting = ann.push("echo", large);
  ann.refute_reply();
  const Join bob = server.connect().join("room:1");
  bob.push("echo", large);
  bob.expect_error({{"reason", "join cancelled"}});
  answers.front().ok();
  ann.expect_ok();
  waiting.expect_reply("ok", large);
  const Join eve = server.connect().join("room:1");  // what ann had is given back
  eve.push("echo", large);
  eve.refute_reply();
}

TEST(LateJoin, messages_that_waited_are_dropped_when_one_of_them_ends_the_connection) {
  /// Throws once when it is asked for its user, after "armed" was set.
  struct Throwing final : server::UserSocket {
    explicit Throwing(bool& throws) : armed(throws) {}
    std::string user() const override {
      if (std::exchange(armed, false)) throw std::runtime_error("on purpose");
      return {};
    }
    bool& armed;
  };
  /// Its "crash" is logged with the user of the socket.
  struct Crashing final : server::Channel {
    Crashing(server::JoinAnswer& kept, std::vector<std::string>& noted) : answer(kept), events(noted) {}
    JoinResult join(std::string_view, const Payload&) override { return answer = later(); }
    HandleResult handle_in(std::string_view event, const Payload&) override {
      events.emplace_back(event);
      throw std::runtime_error("on purpose");
    }
    server::JoinAnswer& answer;
    std::vector<std::string>& events;
  };
  bool armed = false;
  server::JoinAnswer answer;
  std::vector<std::string> events;
  Server server;
  server.endpoint().socket("/socket", [&] { return std::make_unique<Throwing>(armed); }).channel("room:*", [&] {
    return std::make_unique<Crashing>(answer, events);
  });
  const Client client = server.connect();
  const Join join = client.join("room:1");
  join.push("crash");
  join.push("after");
  armed = true;
  answer.ok();
  EXPECT_EQ(client.expect_close(), 1011);
  EXPECT_EQ(events, std::vector<std::string>{"crash"});
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

#include <string>
#include <vector>

#include "client/testing/kit_test.hpp"

namespace suzaku::client {
namespace {

using TestTime = KitTest;

TEST_F(TestTime, time_passes_from_one_timer_to_the_next) {
  std::vector<std::string> order;
  const auto note = [&](std::string what) {
    return [&, what](const Reply& reply) {
      order.push_back(what + ' ' + reply.status + ' ' + std::to_string(server.now() / 1ms));
    };
  };
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.push("a", {}, {.timeout = 3s}).then(note("a"));
  room.push("b", {}, {.timeout = 1s}).then([&](const Reply&) {
    note("b")({.status = "timeout"});
    room.push("c", {}, {.timeout = 500ms}).then(note("c"));  // set while time passes, due before it ends
  });
  server.advance(999ms);
  EXPECT_TRUE(order.empty());
  server.advance(1h);
  EXPECT_EQ(order, (std::vector<std::string>{"b timeout 1000", "c timeout 1500", "a timeout 3000"}));
  EXPECT_EQ(server.now(), 999ms + 1h);
}

TEST_F(TestTime, time_stands_still_without_advance) {
  Channel room = joined(connect());
  const Push push = room.push("shout", {}, {.timeout = 1ms});
  server.run();
  EXPECT_FALSE(push.try_get());
  EXPECT_EQ(server.now(), 0ns);
}

TEST_F(TestTime, time_does_not_pass_within_a_callback_or_backwards) {
  const testing::Connection connection = connect();
  std::string why;
  joined(connection).on("news", [&](const Message&) {
    try {
      server.advance(1s);
    } catch (const std::logic_error& error) {
      why = error.what();
    }
  });
  connection.push("room:1", "news");
  EXPECT_TRUE(contains(why, "while a callback")) << why;
  EXPECT_THROW(server.advance(-1s), std::logic_error);
}

TEST_F(TestTime, a_seed_gives_jitter_and_the_same_each_time) {
  const auto delays = [](std::optional<std::uint64_t> seed) {
    testing::Server server({.seed = seed});
    Socket socket{"ws://test/socket", server.options()};
    std::vector<std::chrono::milliseconds> delays;
    socket.on_reconnect([&](const Socket::Reconnecting& next) { delays.push_back(next.delay); });
    socket.connect();
    for (int i = 0; i < 4; ++i) {
      server.next_attempt().fail({.kind = Disconnect::Kind::connect_failed});
      server.advance(5s);
    }
    return delays;
  };
  EXPECT_EQ(delays({}), (std::vector<std::chrono::milliseconds>{1'000ms, 1'500ms, 2'250ms, 3'375ms}));
  EXPECT_EQ(delays(7), delays(7));
  EXPECT_NE(delays(7), delays(8));
}

TEST_F(TestTime, a_client_that_never_comes_to_rest_fails) {
  Push over = socket.channel("room:1").push("shout");
  EXPECT_EQ(server.reply_of(over).outcome, Outcome::closed);
  std::function<void()> again = [&] { over.then([&](const Reply&) { again(); }); };
  again();
  const std::string failure = failure_of([&] { server.run(); });
  EXPECT_TRUE(contains(failure, "never comes to rest")) << failure.substr(0, 200);
  again = [] {};
}

}  // namespace
}  // namespace suzaku::client

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Joins that other operations interrupt, and many joins at once.
using JoinRaces = ClientTest;

TEST_F(JoinRaces, leaving_while_joining_tells_the_server_and_the_late_answer_joins_nobody) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  const testing::Join asked = connection.expect_join("room:1");
  const Push leave = room.leave();
  const testing::Request left = connection.expect_leave("room:1");
  EXPECT_EQ(left.join_ref(), asked.ref());
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::cancelled);
  asked.reply_ok();
  EXPECT_EQ(room.state(), Channel::State::leaving);
  left.reply_ok();
  EXPECT_TRUE(server.reply_of(leave).ok());
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(JoinRaces, leaving_before_the_connection_stands_sends_nothing_at_all) {
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  const Push leave = room.leave();
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::cancelled);
  EXPECT_TRUE(server.reply_of(leave).ok());
  connect().expect_nothing();
}

TEST_F(JoinRaces, leaving_ends_well_when_the_connection_is_lost_meanwhile) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push leave = room.leave();
  connection.expect_leave("room:1");
  connection.lose();
  EXPECT_TRUE(server.reply_of(leave).ok());
  server.advance(1s);
  server.accept().expect_nothing();
}

TEST_F(JoinRaces, joining_again_while_leaving_joins_when_it_has_left) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.leave();
  const testing::Request left = connection.expect_leave("room:1");
  const Push again = room.join();
  const Push more = room.join();
  connection.refute_join("room:1");
  left.reply_ok();
  connection.expect_join("room:1").reply_ok();
  EXPECT_TRUE(server.reply_of(again).ok());
  EXPECT_TRUE(server.reply_of(more).ok());
  connection.expect_nothing();
}

TEST_F(JoinRaces, joining_again_while_leaving_can_be_undone_by_leaving_again) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.leave();
  const testing::Request left = connection.expect_leave("room:1");
  const Push again = room.join();
  const Push leave = room.leave();
  left.reply_ok();
  EXPECT_EQ(server.reply_of(again).outcome, Outcome::cancelled);
  EXPECT_TRUE(server.reply_of(leave).ok());
  connection.expect_nothing();
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(JoinRaces, a_disconnect_while_the_params_are_asked_for_joins_with_the_next_connection) {
  int asked = 0;
  Channel room = socket.channel("room:1", JoinParams([&](const JoinAttempt&) -> Result<Payload> {
                                  if (++asked == 1) socket.disconnect();
                                  return Payload{{"n", asked}};
                                }));
  room.join();
  const testing::Connection connection = connect();
  EXPECT_EQ(connection.expect_close().code, 1000);
  socket.connect();
  server.accept().expect_join("room:1", {{"n", 2}}).reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(JoinRaces, params_that_fail_are_reported_and_requested_again) {
  int asked = 0;
  std::vector<std::string> whys;
  Channel room = socket.channel("room:1", JoinParams([&](const JoinAttempt& attempt) -> Result<Payload> {
                                  EXPECT_EQ(attempt.attempt, static_cast<std::size_t>(++asked));
                                  if (asked == 1) return failure("no ticket today");
                                  if (asked == 2) throw std::runtime_error("burst");
                                  if (asked == 3) return Payload::from_text("[]");
                                  return Payload{};
                                }));
  room.on_error([&](const ChannelError& error) {
    EXPECT_EQ(error.kind, ChannelError::Kind::params_failed);
    EXPECT_TRUE(error.will_rejoin);
    whys.push_back(error.message);
  });
  int thrown = 0;
  socket.on_callback_error([&](std::exception_ptr, std::string_view) { ++thrown; });
  const testing::Connection connection = connect();
  const Push join = room.join(1h);
  server.advance(10s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_TRUE(server.reply_of(join).ok());
  ASSERT_EQ(whys.size(), 3u);
  EXPECT_EQ(whys[0], "no ticket today");
  EXPECT_EQ(thrown, 1);
}

TEST_F(JoinRaces, many_channels_rejoin_a_few_at_a_time) {
  Socket busy{"ws://test/socket", server.options({.rejoin = {.max_concurrent = 3}})};
  for (int i = 0; i < 10; ++i) busy.channel("room:" + std::to_string(i)).join();
  busy.connect();
  const testing::Connection connection = server.accept();
  std::vector<testing::Request> joins;
  const auto waiting = [&] {
    joins.clear();
    for (;;) try {
        joins.push_back(connection.expect_frame());
      } catch (const testing::Failure&) {
        return joins.size();
      }
  };
  EXPECT_EQ(waiting(), 3u);
  joins[0].reply_ok();
  joins[1].reply_error();
  EXPECT_EQ(waiting(), 2u) << "a refusal gives its turn to the next, too";
  connection.lose();
  server.advance(1s);
  const testing::Connection next = server.accept();
  for (int i = 0; i < 10; ++i) next.expect_frame().reply_ok();
  next.expect_nothing();
  EXPECT_EQ(busy.metrics().joins, 11u);
}

TEST_F(JoinRaces, a_channel_that_is_left_gives_its_turn_to_the_next) {
  Socket busy{"ws://test/socket", server.options({.rejoin = {.max_concurrent = 1}})};
  Channel a = busy.channel("a"), b = busy.channel("b"), c = busy.channel("c");
  a.join();
  b.join();
  c.join();
  busy.connect();
  const testing::Connection connection = server.accept();
  connection.expect_join("a");
  b.leave();
  connection.refute_join("c");
  a.leave();
  connection.expect_leave("a");
  connection.expect_join("c").reply_ok();
  connection.refute_join("b");
}

TEST_F(JoinRaces, too_many_channels_is_no_reason_to_try_again) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  std::optional<bool> will_rejoin;
  room.on_error([&](const ChannelError& error) { will_rejoin = error.will_rejoin; });
  const Push join = room.join();
  connection.expect_join("room:1").reply_error({{"reason", "too many channels joined"}});
  EXPECT_EQ(server.reply_of(join).refusal, Refusal::too_many_channels);
  EXPECT_EQ(will_rejoin, false);
  server.advance(1h);
  connection.expect_nothing();
}

TEST_F(JoinRaces, a_gap_is_reported_after_a_rejoin_and_before_the_first_message) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::vector<std::string> heard;
  room.on_gap(
      [&](const Gap& gap) { heard.push_back("gap of " + std::to_string((gap.until - gap.since) / 1ms) + " ms"); });
  room.on_join([&](const Joined& joined) { heard.push_back(joined.is_rejoin ? "rejoined" : "joined"); });
  room.on("news", [&](const Message&) { heard.push_back("news"); });
  connection.lose();
  server.advance(1s);
  const testing::Connection next = server.accept();
  server.advance(200ms);
  const testing::Join join = next.expect_join("room:1");
  join.reply_ok();
  join.push("news");
  EXPECT_EQ(heard, (std::vector<std::string>{"gap of 1200 ms", "rejoined", "news"}));
}

TEST_F(JoinRaces, everything_may_be_called_within_callbacks) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.on("go", [&](const Message&) {
    room.push("last words");
    room.leave();
    room.join();
    socket.channel("room:2").join();
    socket.disconnect();
    socket.connect();
  });
  connection.push("room:1", "go");
  connection.expect_push("room:1", "last words");
  connection.expect_leave("room:1");
  EXPECT_EQ(connection.expect_close().code, 1000);
  const testing::Connection next = server.accept();
  next.expect_join("room:1").reply_ok();
  next.expect_join("room:2").reply_ok();
}

TEST_F(JoinRaces, messages_that_overtake_the_answer_to_the_join_are_delivered) {
  for (const int vsn : {1, 2}) {
    Socket other{"ws://test/socket", server.options({.vsn = vsn})};
    other.connect();
    const testing::Connection connection = server.accept();
    Channel room = other.channel("room:1");
    std::vector<std::string> heard;
    room.on("*", [&](const Message& message) { heard.emplace_back(message.event); });
    room.on_gap([&](const Gap&) { heard.emplace_back("gap"); });
    room.on_join([&](const Joined&) { heard.emplace_back("joined"); });
    room.join();
    const testing::Join join = connection.expect_join("room:1");
    join.push("push");
    connection.broadcast("room:1", "broadcast");
    join.reply_ok();
    join.crash();
    connection.broadcast("room:1", "of nobody");
    server.advance(1s);
    const testing::Join second = connection.expect_join("room:1");
    second.push("again");
    second.reply_ok();
    EXPECT_EQ(heard, (std::vector<std::string>{"push", "broadcast", "joined", "gap", "again", "joined"})) << vsn;
    EXPECT_EQ(other.metrics().stale_frames, 1u);
  }
}

TEST_F(JoinRaces, a_gap_that_seemed_over_begins_again_when_the_join_fails_after_all) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  int gaps = 0;
  room.on_gap([&](const Gap&) { ++gaps; });
  connection.crash("room:1");
  server.advance(1s);
  const testing::Join join = connection.expect_join("room:1");
  join.push("news");
  join.reply_error();
  EXPECT_EQ(gaps, 1);
  server.advance(2s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(gaps, 2);
}

}  // namespace
}  // namespace suzaku::client

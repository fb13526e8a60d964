#include <optional>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Messages of an earlier join, or of no join.
class StaleFrames : public ClientTest {
 protected:
  /// A channel that was joined twice: the first join has crashed.
  void join_twice() {
    room.join();
    first.emplace(connection.expect_join("room:1"));
    first->reply_ok();
    first->crash();
    server.advance(1s);
    second.emplace(connection.expect_join("room:1"));
  }

  testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  std::optional<testing::Join> first;
  std::optional<testing::Join> second;
};

TEST_F(StaleFrames, of_a_close_do_not_close_the_new_join) {
  join_twice();
  first->close();  // as Phoenix does when a topic is joined again
  EXPECT_EQ(room.state(), Channel::State::joining);
  second->reply_ok();
  first->close();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(StaleFrames, of_a_crash_do_not_fail_the_new_join) {
  join_twice();
  int errors = 0;
  room.on_error([&](const ChannelError&) { ++errors; });
  first->crash();
  second->reply_ok();
  first->crash();
  EXPECT_EQ(room.state(), Channel::State::joined);
  EXPECT_EQ(errors, 0);
}

TEST_F(StaleFrames, of_a_push_reach_nobody_and_are_counted) {
  join_twice();
  second->reply_ok();
  int heard = 0;
  room.on("*", [&](const Message&) { ++heard; });
  const auto before = socket.metrics().stale_frames;
  first->push("news");
  EXPECT_EQ(heard, 0);
  EXPECT_EQ(socket.metrics().stale_frames, before + 1);
  connection.broadcast("room:1", "news");
  EXPECT_EQ(heard, 1) << "a broadcast belongs to no join";
}

TEST_F(StaleFrames, of_a_reply_to_an_earlier_join_do_not_join) {
  join_twice();
  first->reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joining);
  second->reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(StaleFrames, of_a_join_that_had_timed_out_do_not_join) {
  const Push join = room.join(2s);
  const testing::Join late = connection.expect_join("room:1");
  server.advance(2s);
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::timeout);
  connection.expect_leave("room:1");  // in case the server has completed the join
  late.reply_ok();
  EXPECT_EQ(room.state(), Channel::State::errored);
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(StaleFrames, of_a_reply_after_the_timeout_are_strays) {
  room.join();
  connection.expect_join("room:1").reply_ok();
  const Push push = room.push("ask", {}, {.timeout = 1s});
  const testing::Request ask = connection.expect_push("room:1", "ask");
  server.advance(1s);
  ask.reply_ok();
  EXPECT_EQ(server.reply_of(push).outcome, Outcome::timeout);
  EXPECT_EQ(socket.metrics().stray_replies, 1u);
}

TEST_F(StaleFrames, of_a_close_after_leaving_do_not_close_what_was_joined_again) {
  room.join();
  const testing::Join old = connection.expect_join("room:1");
  old.reply_ok();
  room.leave();
  const Push join = room.join();
  connection.expect_leave("room:1").reply_ok();
  const testing::Join next = connection.expect_join("room:1");
  old.close();  // Phoenix: after the reply
  next.reply_ok();
  old.close();
  EXPECT_TRUE(server.reply_of(join).ok());
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(StaleFrames, of_the_old_serializer_are_known_by_the_ref_of_a_close) {
  Socket old{"ws://test/socket", server.options({.vsn = 1})};
  old.connect();
  const testing::Connection connection = server.accept();
  Channel room = old.channel("room:1");
  room.join();
  const testing::Join before = connection.expect_join("room:1");
  before.reply_ok();
  room.leave();
  room.join();
  connection.expect_leave("room:1").reply_ok();
  const testing::Join after = connection.expect_join("room:1");
  before.close();
  EXPECT_EQ(room.state(), Channel::State::joining);
  after.reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
  after.close();
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(StaleFrames, of_refs_that_are_not_ours_end_nothing) {
  room.join();
  connection.expect_join("room:1").reply_ok();
  const Push push = room.push("ask");
  const std::string ref = std::to_string(connection.expect_push("room:1", "ask").ref());
  const std::string reply = R"(,"phx_reply",{"status":"ok","response":{}}])";
  connection.send_text(R"([null,null,"room:1")" + reply);
  connection.send_text(R"([null,"99","room:1")" + reply);
  connection.send_text(R"([null,"x","room:1")" + reply);
  connection.send_text(R"([null,")" + ref + R"(","room:2")" + reply);
  EXPECT_FALSE(push.try_get());
  EXPECT_TRUE(connection.is_open());
  connection.send_text(R"([null,)" + ref + R"(,"room:1")" + reply);
  EXPECT_TRUE(server.reply_of(push).ok()) << "a number is as good as its text";
}

TEST_F(StaleFrames, of_topics_that_nobody_has_joined_reach_the_socket_only) {
  std::vector<std::string> heard;
  socket.on_message([&](const Message& message) { heard.emplace_back(message.topic); });
  connection.broadcast("room:9", "news");
  EXPECT_EQ(heard, std::vector<std::string>{"room:9"});
}

TEST_F(StaleFrames, make_a_channel_that_the_server_has_forgotten_join_again) {
  room.join();
  connection.expect_join("room:1").reply_ok();
  std::vector<ChannelError::Kind> errors;
  room.on_error([&](const ChannelError& error) { errors.push_back(error.kind); });
  const Push one = room.push("one");
  const Push two = room.push("two");
  const testing::Request first_push = connection.expect_push("room:1", "one");
  const testing::Request second_push = connection.expect_push("room:1", "two");
  first_push.reply_error({{"reason", "unmatched topic"}});
  EXPECT_EQ(server.reply_of(one).refusal, Refusal::unmatched_topic);
  EXPECT_EQ(server.reply_of(two).outcome, Outcome::disconnected);
  second_push.reply_error({{"reason", "unmatched topic"}});
  EXPECT_EQ(errors, std::vector{ChannelError::Kind::unmatched_topic}) << "once";
  const Push three = room.push("three");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  connection.refute_join("room:1");
  connection.expect_push("room:1", "three").reply_ok();
  EXPECT_TRUE(server.reply_of(three).ok());
}

}  // namespace
}  // namespace suzaku::client

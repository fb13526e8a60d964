#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Answers that Phoenix does not give, or seldom.
using OddAnswers = ClientTest;

TEST_F(OddAnswers, to_a_heartbeat_are_a_sign_of_life) {
  const testing::Connection connection = connect();
  connection.answer_heartbeats(false);
  for (const char* word : {"error", "weird", "ok"}) {
    server.advance(30s);
    connection.expect_heartbeat().reply(word, {{"reason", "unmatched topic"}});
    EXPECT_TRUE(connection.is_open()) << word;
  }
  server.advance(30s - 1ms);
  EXPECT_TRUE(connection.is_open());
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 0u);
}

TEST_F(OddAnswers, to_a_join_are_a_refusal_and_it_is_tried_again) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  connection.expect_join("room:1").reply("weird", {{"why", "not"}});
  const Reply reply = server.reply_of(join);
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_EQ(reply.status, "weird");
  EXPECT_EQ(room.state(), Channel::State::errored);
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(OddAnswers, may_be_bytes_and_carry_a_word_of_the_servers_own) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push push = room.push("ask", Payload::binary("\x01"));
  connection.expect_push("room:1", "ask").reply("weird", Payload::binary("\x02\x03"));
  const Reply reply = server.reply_of(push);
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_EQ(reply.status, "weird");
  EXPECT_TRUE(reply.response.is_binary());
  EXPECT_EQ(reply.response.raw(), "\x02\x03");
}

TEST_F(OddAnswers, may_be_any_json) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  for (const char* json : {"null", "7", "\"text\"", "[1,{}]"}) {
    const Push push = room.push("ask");
    connection.expect_push("room:1", "ask").reply_ok(Payload::from_text(json));
    EXPECT_EQ(server.reply_of(push).response.raw(), json);
  }
}

TEST_F(OddAnswers, that_come_twice_count_once) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  int answers = 0;
  Push push = room.push("ask");
  push.then([&](const Reply&) { ++answers; });
  const testing::Request ask = connection.expect_push("room:1", "ask");
  ask.reply_ok({{"first", 1}});
  ask.reply_error({{"second", 2}});
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(server.reply_of(push).response.raw(), R"({"first":1})");
  EXPECT_EQ(socket.metrics().stray_replies, 1u);
  EXPECT_EQ(socket.metrics().pushes_error, 0u);
}

}  // namespace
}  // namespace suzaku::client

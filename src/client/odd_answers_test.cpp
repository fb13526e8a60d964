#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Answers that Phoenix gives rarely or never.
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

/// Answers with a payload that cannot be read.
void reply_unreadable(const testing::Connection& connection, const testing::Request& request) {
  const std::string_view raw = request.raw();  // ["1","2","room:1","ask",...
  std::string reply(raw.substr(0, raw.find(",\"" + std::string(request.event()) + '"')));
  connection.send_text(reply + R"(,"phx_reply",{"status":"ok","response":"\ud800"}])");
}

TEST_F(OddAnswers, that_cannot_be_read_end_a_push_at_once) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push push = room.push("ask");
  reply_unreadable(connection, connection.expect_push("room:1", "ask"));
  EXPECT_EQ(socket.metrics().bad_payloads, 1u);
  const Reply reply = server.reply_of(push);
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_EQ(reply.status, "error");
  EXPECT_TRUE(reply.was_sent);
  EXPECT_TRUE(reply.message.starts_with("the server's reply cannot be read: ")) << reply.message;
  EXPECT_EQ(socket.metrics().pushes_error, 1u);
  EXPECT_TRUE(connection.is_open());
}

TEST_F(OddAnswers, whose_topic_cannot_be_read_end_a_push_at_once) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push push = room.push("ask");
  const std::string raw(connection.expect_push("room:1", "ask").raw());
  connection.send_text(raw.substr(0, raw.find("\"room:1\"")) +
                       R"("\ud800","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_EQ(socket.metrics().bad_payloads, 1u);
  EXPECT_EQ(server.reply_of(push).outcome, Outcome::error);
  EXPECT_TRUE(connection.is_open());
}

TEST_F(OddAnswers, that_cannot_be_read_end_a_join_which_is_left_and_tried_again) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  reply_unreadable(connection, connection.expect_join("room:1"));
  const Reply reply = server.reply_of(join);
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_TRUE(reply.message.starts_with("the server's reply cannot be read: ")) << reply.message;
  EXPECT_EQ(room.state(), Channel::State::errored);
  connection.expect_push("room:1", "phx_leave");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(OddAnswers, that_cannot_be_read_end_a_leave) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push leave = room.leave();
  reply_unreadable(connection, connection.expect_leave("room:1"));
  EXPECT_EQ(server.reply_of(leave).outcome, Outcome::error);
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(OddAnswers, that_cannot_be_read_answer_a_heartbeat) {
  const testing::Connection connection = connect();
  connection.answer_heartbeats(false);
  for (std::uint64_t count = 1; count <= 3; ++count) {
    server.advance(30s);
    reply_unreadable(connection, connection.expect_heartbeat());
    EXPECT_EQ(socket.metrics().bad_payloads, count);
  }
  EXPECT_TRUE(connection.is_open());
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 0u);
}

TEST_F(OddAnswers, that_end_a_channel_count_without_a_payload_that_can_be_read) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::vector<std::string> called;
  room.on_error([&](const ChannelError& error) { called.push_back("error " + std::string(error.payload.raw())); });
  room.on_close([&](const Payload& reason) { called.push_back("close " + std::string(reason.raw())); });
  connection.send_text(R"([null,null,"room:1","phx_error",{"why":1e400}])");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  connection.send_text(R"([null,null,"room:1","phx_close",{"why":"\ud800"}])");
  EXPECT_EQ(called, (std::vector<std::string>{"error {}", "close {}"}));
  EXPECT_EQ(socket.metrics().bad_payloads, 0u);
}

}  // namespace
}  // namespace suzaku::client

#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Heartbeats : public ::testing::Test {
 protected:
  testing::Connection connect() {
    socket.connect();
    return server.accept();
  }

  testing::Server server{{.answer_heartbeats = false}};
  Socket socket{"ws://test/socket", server.options()};
};

TEST_F(Heartbeats, are_sent_once_an_interval_as_long_as_they_are_answered) {
  const testing::Connection connection = connect();
  for (int i = 0; i < 3; ++i) {
    server.advance(30s - 1ms);
    connection.expect_nothing();
    server.advance(1ms);
    const testing::Request heartbeat = connection.expect_heartbeat();
    EXPECT_EQ(heartbeat.raw(), "[null,\"" + std::to_string(heartbeat.ref()) + R"(","phoenix","heartbeat",{}])");
    heartbeat.reply_ok();
  }
  EXPECT_TRUE(connection.is_open());
}

TEST_F(Heartbeats, are_not_sent_without_a_connection) {
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  server.advance(9s);
  const testing::Connection connection = attempt.accept();
  connection.expect_nothing();
  connection.lose();
  server.advance(1h);
  EXPECT_EQ(socket.metrics().frames_sent, 0u);
}

TEST_F(Heartbeats, unanswered_end_the_connection_which_is_made_again) {
  std::vector<std::string> reasons;
  socket.on_close([&](const Disconnect& reason) { reasons.emplace_back(to_string(reason.kind)); });
  const testing::Connection connection = connect();
  server.advance(30s);
  connection.expect_heartbeat();
  server.advance(10s - 1ms);
  EXPECT_TRUE(connection.is_open());
  server.advance(1ms);
  EXPECT_EQ(connection.expect_close().code, 1006) << "a server that does not answer is not waited for";
  EXPECT_EQ(reasons, std::vector<std::string>{"heartbeat_timeout"});
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 1u);
  server.advance(1s);
  server.accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(Heartbeats, unanswered_are_reported_to_the_channels) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  std::vector<ChannelError> errors;
  room.on_error([&](const ChannelError& error) { errors.push_back(error); });
  room.join();
  connection.expect_join("room:1").reply_ok();
  server.advance(40s);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].kind, ChannelError::Kind::disconnected);
  EXPECT_EQ(errors[0].message, "the server did not answer a heartbeat within 10000 ms");
  EXPECT_EQ(room.state(), Channel::State::errored);
}

TEST_F(Heartbeats, answered_for_another_are_not_answered) {
  const testing::Connection connection = connect();
  server.advance(30s);
  const testing::Request heartbeat = connection.expect_heartbeat();
  server.advance(9s);
  connection.send_text(R"([null,")" + std::to_string(heartbeat.ref() + 100) +
                       R"(","phoenix","phx_reply",{"status":"ok","response":{}}])");
  server.advance(1s);
  connection.expect_close();
}

TEST_F(Heartbeats, unanswered_end_the_connection_whatever_else_is_heard) {
  const testing::Connection connection = connect();
  server.advance(30s);
  connection.expect_heartbeat();
  for (int i = 0; i < 9; ++i) {
    server.advance(1s);
    connection.broadcast("room:1", "news");
  }
  EXPECT_TRUE(connection.is_open());
  server.advance(1s);
  EXPECT_EQ(connection.expect_close().code, 1006) << "what we send does not arrive";
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 1u);
}

TEST_F(Heartbeats, may_have_longer_for_the_answer_than_for_the_interval) {
  Socket patient{"ws://test/socket", server.options({.heartbeat_interval = 5s, .heartbeat_timeout = 20s})};
  patient.connect();
  const testing::Connection connection = server.accept();
  server.advance(5s);
  const testing::Request heartbeat = connection.expect_heartbeat();
  server.advance(19s);
  connection.expect_nothing();
  heartbeat.reply_ok();
  server.advance(5s);
  connection.expect_heartbeat();
  server.advance(1s);
  connection.broadcast("room:1", "news");
  server.advance(19s - 1ms);
  connection.expect_nothing();
  server.advance(1ms);
  connection.expect_close();
}

TEST_F(Heartbeats, asked_for_by_ping_end_the_connection_as_others_do) {
  const testing::Connection connection = connect();
  const Push ping = socket.ping();
  server.advance(10s);
  EXPECT_EQ(server.reply_of(ping).outcome, Outcome::timeout);
  connection.expect_close();
}

TEST_F(Heartbeats, asked_for_by_ping_tell_how_long_the_answer_took) {
  const testing::Connection connection = connect();
  const Push ping = socket.ping();
  const testing::Request heartbeat = connection.expect_heartbeat();
  EXPECT_EQ(heartbeat.raw(), "[null,\"" + std::to_string(heartbeat.ref()) + R"(","phoenix","heartbeat",{}])");
  server.advance(40ms);
  heartbeat.reply_ok();
  const Reply reply = server.reply_of(ping);
  EXPECT_TRUE(reply.ok());
  EXPECT_EQ(reply.round_trip, 40ms);
  EXPECT_EQ(socket.metrics().last_round_trip, 40ms);
}

TEST_F(Heartbeats, asked_for_by_ping_go_beside_the_one_that_waits) {
  const testing::Connection connection = connect();
  server.advance(30s);
  const testing::Request regular = connection.expect_heartbeat();
  const Push ping = socket.ping();
  connection.expect_heartbeat().reply_ok();
  EXPECT_TRUE(server.reply_of(ping).ok());
  regular.reply_ok();
  server.advance(30s);
  connection.expect_heartbeat().reply_ok();
  connection.expect_nothing();
}

TEST_F(Heartbeats, asked_for_by_ping_need_a_connection) {
  const Push before = socket.ping();
  EXPECT_EQ(server.reply_of(before).outcome, Outcome::disconnected);
  const testing::Connection connection = connect();
  connection.expect_nothing();
  const Push lost = socket.ping();
  connection.expect_heartbeat();
  connection.lose();
  const Reply reply = server.reply_of(lost);
  EXPECT_EQ(reply.outcome, Outcome::disconnected);
  EXPECT_TRUE(reply.was_sent);
}

}  // namespace
}  // namespace suzaku::client

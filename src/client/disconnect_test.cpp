#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Disconnecting : public ClientTest {};

TEST_F(Disconnecting, closes_with_the_code_and_the_words_that_are_given) {
  const testing::Connection connection = connect();
  const Push disconnect = socket.disconnect(4001, "enough");
  const auto close = connection.expect_close();
  EXPECT_EQ(close.code, 4001);
  EXPECT_EQ(close.reason, "enough");
  EXPECT_TRUE(server.reply_of(disconnect).ok());
  EXPECT_FALSE(connection.is_open());
}

TEST_F(Disconnecting, closes_with_1000_when_no_code_is_given) {
  const testing::Connection connection = connect();
  socket.disconnect();
  EXPECT_EQ(connection.expect_close().code, 1000);
}

TEST_F(Disconnecting, calls_back_and_tells_of_the_close) {
  std::vector<std::string> events;
  socket.on_close([&](const Disconnect& reason) { events.emplace_back(to_string(reason.kind)); });
  connect();
  socket.disconnect().receive("ok", [&](const Payload&) { events.emplace_back("done"); });
  server.run();
  EXPECT_EQ(events, (std::vector<std::string>{"requested", "done"}));
}

TEST_F(Disconnecting, is_done_at_once_without_a_connection) {
  EXPECT_TRUE(server.reply_of(socket.disconnect()).ok());
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
}

TEST_F(Disconnecting, gives_up_an_attempt_that_is_under_way) {
  const Push connect = socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_TRUE(server.reply_of(socket.disconnect()).ok());
  EXPECT_EQ(server.reply_of(connect).outcome, Outcome::cancelled);
  EXPECT_FALSE(attempt.is_waiting());
  server.advance(1h);
  server.refute_attempt();
}

TEST_F(Disconnecting, gives_up_an_attempt_that_would_come_later) {
  connect().lose();
  EXPECT_TRUE(server.reply_of(socket.disconnect()).ok());
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
  server.advance(1h);
  server.refute_attempt();
}

TEST_F(Disconnecting, closes_the_old_connection_when_a_new_one_is_asked_for_at_once) {
  const testing::Connection old = connect();
  const Push disconnect = socket.disconnect();
  const Push connect = socket.connect();
  EXPECT_EQ(old.expect_close().code, 1000);
  const testing::Connection fresh = server.accept();
  EXPECT_TRUE(server.reply_of(disconnect).ok());
  EXPECT_TRUE(server.reply_of(connect).ok());
  EXPECT_TRUE(fresh.is_open());
  server.advance(1min);
  fresh.expect_nothing();
  server.refute_attempt();
}

TEST_F(Disconnecting, waits_for_the_old_connection_before_it_makes_the_new_one) {
  const testing::Connection old = connect();
  old.stall();
  socket.disconnect();
  const Push connect = socket.connect();
  server.refute_attempt();
  old.drain();
  server.accept();
  EXPECT_TRUE(server.reply_of(connect).ok());
}

TEST_F(Disconnecting, twice_is_as_good_as_once) {
  const testing::Connection connection = connect();
  const Push first = socket.disconnect(1000, "first");
  const Push second = socket.disconnect(1000, "second");
  EXPECT_EQ(connection.expect_close().reason, "first");
  EXPECT_TRUE(server.reply_of(first).ok());
  EXPECT_TRUE(server.reply_of(second).ok());
}

TEST_F(Disconnecting, connects_no_more_until_it_is_asked_to) {
  connect();
  socket.disconnect();
  server.advance(1h);
  server.refute_attempt();
  socket.connect();
  server.accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(Disconnecting, keeps_its_channels_and_joins_them_with_the_next_connection) {
  Channel room = joined(connect());
  socket.disconnect();
  server.run();
  EXPECT_EQ(room.state(), Channel::State::errored);
  connect().expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Disconnecting, ends_the_heartbeats) {
  testing::Server silent({.answer_heartbeats = false});
  Socket socket{"ws://test/socket", silent.options()};
  std::vector<std::string> reasons;
  socket.on_close([&](const Disconnect& reason) { reasons.emplace_back(to_string(reason.kind)); });
  socket.connect();
  const testing::Connection connection = silent.accept();
  silent.advance(30s);
  connection.expect_heartbeat();  // never answered
  socket.disconnect();
  connection.expect_close();
  silent.advance(1h);
  connection.expect_nothing();
  EXPECT_EQ(reasons, std::vector<std::string>{"requested"}) << "nor does the heartbeat time out";
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 0u);
  silent.refute_attempt();
}

TEST_F(Disconnecting, is_followed_by_attempts_when_a_later_connection_cannot_be_made) {
  connect();
  socket.disconnect();
  socket.connect();
  server.next_attempt().fail({.kind = Disconnect::Kind::connect_failed});
  server.advance(1s);
  server.accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(Disconnecting, keeps_what_waits_for_a_join_until_the_next_connection) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  const Push push = room.push("shout");
  connection.expect_join("room:1");
  EXPECT_TRUE(server.reply_of(socket.disconnect()).ok());
  EXPECT_EQ(room.buffered(), 1u);
  EXPECT_FALSE(join.try_get());
  const testing::Connection next = connect();
  next.expect_join("room:1").reply_ok();
  next.expect_push("room:1", "shout").reply_ok();
  EXPECT_TRUE(server.reply_of(join).ok());
  EXPECT_TRUE(server.reply_of(push).ok());
}

TEST_F(Disconnecting, does_not_stop_the_time_of_what_waits_for_a_join) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  const Push push = room.push("shout");
  connection.expect_join("room:1");
  socket.disconnect();
  server.advance(10s);
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::timeout);
  const Reply reply = server.reply_of(push);
  EXPECT_EQ(reply.outcome, Outcome::timeout);
  EXPECT_FALSE(reply.was_sent);
}

TEST_F(Disconnecting, sends_what_waits_in_channels_that_are_joined) {
  Socket slow{"ws://test/socket", server.options({.max_unsent = 1})};
  slow.connect();
  const testing::Connection connection = server.accept();
  Channel room = slow.channel("room:1");
  room.join();
  connection.expect_join("room:1").reply_ok();
  connection.stall();
  for (const char* word : {"one", "two", "three"}) room.push(word);
  server.run();
  EXPECT_GT(room.buffered(), 0u);
  slow.disconnect();
  server.run();
  connection.drain();
  for (const char* word : {"one", "two", "three"}) connection.expect_push("room:1", word);
}

TEST_F(Disconnecting, throws_for_codes_and_reasons_that_a_program_may_not_send) {
  const testing::Connection connection = connect();
  for (const std::uint16_t code : {0, 999, 1001, 1005, 1006, 1015, 2999, 5000, 65535}) {
    EXPECT_THROW(socket.disconnect(code), std::invalid_argument) << code;
  }
  EXPECT_THROW(socket.disconnect(1000, std::string(124, 'x')), std::invalid_argument);
  EXPECT_THROW(socket.disconnect(1000, "\xff"), std::invalid_argument);
  server.run();
  EXPECT_TRUE(connection.is_open());
  socket.disconnect(4999, std::string(123, 'x'));
  EXPECT_EQ(connection.expect_close().code, 4999);
  const testing::Connection next = connect();
  socket.disconnect(3000);
  EXPECT_EQ(next.expect_close().code, 3000);
}

}  // namespace
}  // namespace suzaku::client

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

TEST_F(Disconnecting, closes_in_good_order_when_no_code_is_given) {
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

}  // namespace
}  // namespace suzaku::client

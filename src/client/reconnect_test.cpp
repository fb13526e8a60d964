#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Reconnects : public ClientTest {
 protected:
  void expect_attempt_after(std::chrono::milliseconds delay) {
    server.advance(delay - 1ms);
    server.refute_attempt();
    server.advance(1ms);
  }
};

TEST_F(Reconnects, after_a_connection_is_lost_or_closed_for_whatever_reason) {
  testing::Connection connection = connect();
  connection.lose();
  expect_attempt_after(1s);
  connection = server.accept();
  server.advance(10s);  // it was stable
  for (const std::uint16_t code : {1002, 1006, 1011, 4000}) {
    connection.close(code);
    expect_attempt_after(1s);
    connection = server.accept();
    server.advance(10s);
  }
}

TEST_F(Reconnects, after_a_normal_close_at_some_moment_of_the_spread) {
  testing::Connection connection = connect();
  for (const std::uint16_t code : {1000, 1001, 1012}) {
    connection.close(code);
    expect_attempt_after(2500ms);
    connection = server.accept();
    server.advance(10s);
  }
}

TEST_F(Reconnects, but_not_after_codes_that_mean_it_is_no_use) {
  std::string why;
  socket.on_give_up([&](const Disconnect& reason) { why = reason.message; });
  connect().close(1008);
  EXPECT_NE(why.find("1008"), std::string::npos) << why;
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
  server.advance(1h);
  server.refute_attempt();
  connect();
  EXPECT_TRUE(socket.is_connected()) << "connect() starts again";
}

TEST_F(Reconnects, ever_more_slowly_until_a_connection_has_lasted) {
  Socket other{"ws://test/socket", server.options({.reconnect = {.backoff = after({1s, 2s, 4s})}})};
  other.connect();
  server.accept().lose();
  expect_attempt_after(1s);
  server.accept().lose();  // it opened, but that proves nothing yet
  expect_attempt_after(2s);
  const testing::Connection stable = server.accept();
  server.advance(10s);
  stable.lose();
  expect_attempt_after(1s);
  server.next_attempt().fail({.kind = Disconnect::Kind::connect_failed});
  expect_attempt_after(2s);
  server.accept();
}

TEST_F(Reconnects, with_delays_of_the_users_own) {
  std::vector<std::size_t> asked;
  Socket other{"ws://test/socket", server.options({.reconnect = {.backoff = CustomBackoff([&](const Retry& retry) {
                                                                   asked.push_back(retry.attempt);
                                                                   return std::optional(retry.attempt * 100ms);
                                                                 })}})};
  other.connect();
  server.next_attempt().fail({.kind = Disconnect::Kind::connect_failed});
  expect_attempt_after(100ms);
  server.next_attempt().refuse(403);
  expect_attempt_after(200ms);
  server.accept();
  EXPECT_EQ(asked, (std::vector<std::size_t>{1, 2}));
}

// What phoenix.js does when its page is shown again, a program asks for with network_changed().

TEST_F(Reconnects, at_once_when_the_network_has_changed) {
  connect().lose();
  server.refute_attempt();
  socket.network_changed();
  server.accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(Reconnects, not_when_the_network_has_changed_but_nobody_wants_a_connection) {
  socket.network_changed();
  server.refute_attempt();
  connect();
  socket.disconnect();
  socket.network_changed();
  server.advance(1h);
  server.refute_attempt();
}

// The channels after a reconnect.

TEST_F(Reconnects, and_tells_channels_that_are_joined) {
  std::vector<std::string> errors;
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.on_error([&](const ChannelError& error) { errors.emplace_back(to_string(error.kind)); });
  connection.lose();
  EXPECT_EQ(errors, std::vector<std::string>{"disconnected"});
  EXPECT_EQ(room.state(), Channel::State::errored);
  server.advance(1s);
  server.accept().expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Reconnects, and_tells_channels_that_are_joining) {
  std::vector<std::string> errors;
  Channel room = socket.channel("room:1");
  room.on_error([&](const ChannelError& error) { errors.emplace_back(to_string(error.kind)); });
  const Push join = room.join();
  const testing::Connection connection = connect();
  connection.expect_join("room:1");
  connection.lose();
  EXPECT_EQ(errors, std::vector<std::string>{"disconnected"});
  EXPECT_EQ(room.state(), Channel::State::errored);
  EXPECT_FALSE(join.try_get()) << "it ends with the next attempt's answer";
  server.advance(1s);
  server.accept().expect_join("room:1").reply_ok();
  EXPECT_TRUE(server.reply_of(join).ok());
}

TEST_F(Reconnects, while_channels_that_wait_for_the_first_connection_go_on_waiting) {
  int errors = 0;
  Channel room = socket.channel("room:1");
  room.on_error([&](const ChannelError&) { ++errors; });
  room.join();
  socket.connect();
  server.next_attempt().fail({.kind = Disconnect::Kind::connect_failed});
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(room.state(), Channel::State::joining);
  server.advance(1s);
  server.accept().expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Reconnects, without_channels_that_were_left) {
  int errors = 0;
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Channel hall = joined(connection, "hall");
  for (Channel channel : {room, hall}) channel.on_error([&](const ChannelError&) { ++errors; });
  room.leave();
  connection.expect_leave("room:1").reply_ok();
  const Push leave = hall.leave();
  connection.expect_leave("hall");  // under way when the connection ends
  connection.lose();
  EXPECT_TRUE(server.reply_of(leave).ok());
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(room.state(), Channel::State::closed);
  EXPECT_EQ(hall.state(), Channel::State::closed);
  server.advance(1s);
  server.accept().expect_nothing();
}

}  // namespace
}  // namespace suzaku::client

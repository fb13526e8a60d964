#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

using Kind = Disconnect::Kind;

/// From WebSocket to long poll, and back.
class Fallback : public ::testing::Test {
 protected:
  Fallback() {
    socket.on_reconnect([this](const Socket::Reconnecting& reconnecting) { why = reconnecting.reason.message; });
  }
  /// The next attempt goes this way, and is made at once.
  testing::Attempt expect_attempt(TransportKind transport) {
    testing::Attempt attempt = server.next_attempt();
    EXPECT_EQ(attempt.transport(), transport) << server.story();
    return attempt;
  }
  testing::Attempt expect_websocket() { return expect_attempt(TransportKind::websocket); }
  testing::Attempt expect_long_poll() { return expect_attempt(TransportKind::long_poll); }

  testing::Server server{{.answer_heartbeats = false}};
  Socket socket{"ws://test/socket", server.options({.long_poll_fallback = 2500ms,
                                                    .reconnect = {.backoff = after({1s}), .stable_after = 1ms}})};
  std::string why;
};

TEST_F(Fallback, comes_when_the_websocket_fails) {
  socket.connect();
  expect_websocket().refuse(502);
  const testing::Attempt attempt = expect_long_poll();
  EXPECT_EQ(attempt.url().substr(0, attempt.url().find('?')), "ws://test/socket/longpoll");
  const testing::Connection connection = attempt.accept();
  EXPECT_TRUE(socket.is_connected());
  socket.channel("room:1").join();
  connection.expect_join("room:1");
}

TEST_F(Fallback, comes_when_the_websocket_takes_too_long) {
  socket.connect();
  const testing::Attempt slow = expect_websocket();
  server.advance(2499ms);
  server.refute_attempt();
  server.advance(1ms);
  EXPECT_FALSE(slow.is_waiting());
  expect_long_poll();
  EXPECT_NE(why.find("2500 ms"), std::string::npos) << why;
}

TEST_F(Fallback, comes_when_the_websocket_opens_but_carries_nothing) {
  socket.connect();
  expect_websocket().accept().expect_heartbeat();  // and nobody answers it
  server.advance(2500ms);
  expect_long_poll();
}

TEST_F(Fallback, comes_when_the_websocket_opens_and_dies) {
  socket.connect();
  expect_websocket().accept().lose();
  expect_long_poll();
}

TEST_F(Fallback, is_no_error_to_channels_that_wait_for_the_first_connection) {
  Channel channel = socket.channel("room:1");
  int errors = 0;
  channel.on_error([&](const ChannelError&) { ++errors; });
  const Push join = channel.join();
  socket.connect();
  expect_websocket().refuse(502);
  expect_long_poll().accept().expect_join("room:1").reply_ok();
  EXPECT_TRUE(server.reply_of(join).ok());
  EXPECT_EQ(errors, 0);
}

TEST_F(Fallback, does_not_come_once_a_heartbeat_was_answered) {
  socket.connect();
  const testing::Connection connection = expect_websocket().accept();
  connection.expect_heartbeat().reply_ok();
  connection.answer_heartbeats(true);
  server.advance(1h);
  EXPECT_EQ(socket.metrics().attempts, 1U);
  connection.lose();
  server.refute_attempt();
  server.advance(1s);
  expect_websocket();
}

TEST_F(Fallback, does_not_come_where_it_would_be_of_no_use) {
  for (const Kind kind : {Kind::resolve_failed, Kind::connect_failed, Kind::tls_failed, Kind::proxy_failed}) {
    Socket other{"ws://test/socket", server.options({.long_poll_fallback = 2500ms})};
    other.connect();
    expect_websocket().fail({.kind = kind});
    server.refute_attempt();
    server.advance(1s);
    expect_websocket();
  }
  for (const int status : {401, 403}) {
    Socket other{"ws://test/socket", server.options({.long_poll_fallback = 2500ms})};
    other.connect();
    expect_websocket().refuse(status);
    server.refute_attempt();
    EXPECT_EQ(other.status(), Socket::Status::disconnected);
  }
}

TEST_F(Fallback, does_not_come_when_the_server_wants_to_be_left_alone) {
  socket.connect();
  expect_websocket().refuse(503, 5s);
  server.refute_attempt();
  server.advance(5s);
  expect_websocket().accept().close(1008);
  server.refute_attempt();
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
}

TEST_F(Fallback, does_not_come_unless_it_is_asked_for) {
  Socket other{"ws://test/socket", server.options()};
  other.connect();
  expect_websocket().refuse(502);
  server.advance(1s);
  expect_websocket();
}

TEST_F(Fallback, is_over_with_its_session) {
  socket.connect();
  expect_websocket().refuse(502);
  expect_long_poll().accept().close(3410, "session gone");
  server.refute_attempt();
  server.advance(1s);
  expect_websocket().refuse(502);
  expect_long_poll().refuse(502);
  server.advance(1s);
  expect_websocket();
}

TEST_F(Fallback, lasts_as_long_as_its_session) {
  socket.connect();
  expect_websocket().refuse(502);
  const testing::Connection connection = expect_long_poll().accept();
  server.advance(20s);
  EXPECT_TRUE(socket.is_connected());
  connection.expect_nothing();
}

TEST_F(Fallback, ends_with_disconnect) {
  socket.connect();
  expect_websocket();
  socket.disconnect();
  server.advance(1h);
  server.refute_attempt();
}

}  // namespace
}  // namespace suzaku::client

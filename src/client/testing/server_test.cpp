#include <string>
#include <vector>

#include "client/testing/kit_test.hpp"

namespace suzaku::client {
namespace {

using TestServer = KitTest;

TEST_F(TestServer, the_client_connects_when_the_server_accepts) {
  const Push connect = socket.connect();
  EXPECT_FALSE(socket.is_connected()) << "nothing happens by itself";
  const testing::Connection connection = server.accept();
  EXPECT_TRUE(connection.is_open());
  EXPECT_TRUE(socket.is_connected());
  EXPECT_TRUE(server.reply_of(connect).ok());
}

TEST_F(TestServer, a_server_that_nobody_connects_to_says_so) {
  const std::string failure = failure_of([&] { server.accept(); });
  EXPECT_TRUE(contains(failure, "expected an attempt to connect")) << failure;
  EXPECT_TRUE(contains(failure, "was connect() called?")) << failure;
}

TEST_F(TestServer, an_attempt_that_was_given_up_cannot_be_answered) {
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  socket.disconnect();
  EXPECT_TRUE(contains(failure_of([&] { attempt.accept(); }), "does not wait for an answer any more"));
  EXPECT_FALSE(attempt.is_waiting());
}

TEST_F(TestServer, connecting_and_joining_is_two_lines) {
  const Push join = socket.channel("room:1").join();
  socket.connect();
  server.accept().expect_join("room:1").reply_ok({{"members", 3}});
  EXPECT_EQ(server.reply_of(join).response.raw(), R"({"members":3})");
}

TEST_F(TestServer, a_join_can_be_refused_as_when_the_channel_crashes) {
  const Push join = socket.channel("room:1").join();
  connect().expect_join("room:1").reply_error({{"reason", "join crashed"}});
  EXPECT_EQ(server.reply_of(join).refusal, Refusal::join_crashed);
}

TEST_F(TestServer, the_server_can_disconnect_the_client) {
  std::vector<std::uint16_t> codes;
  socket.on_close([&](const Disconnect& reason) { codes.push_back(reason.code); });
  connect().close(1011, "oops");
  EXPECT_EQ(codes, std::vector<std::uint16_t>{1011});
}

TEST_F(TestServer, the_test_sees_that_the_client_disconnects) {
  const testing::Connection connection = connect();
  EXPECT_TRUE(contains(failure_of([&] { connection.expect_close(); }), "closes the connection; it did not"));
  socket.disconnect(4000, "enough");
  const auto close = connection.expect_close();
  EXPECT_EQ(close.code, 4000);
  EXPECT_EQ(close.reason, "enough");
}

TEST_F(TestServer, what_the_server_pushes_reaches_the_callbacks_at_once) {
  const testing::Connection connection = connect();
  std::vector<std::string> heard;
  joined(connection).on("news", [&](const Message& message) { heard.emplace_back(message.payload.raw()); });
  connection.push("room:1", "news", {{"n", 1}});
  connection.broadcast("room:1", "news", {{"n", 2}});
  EXPECT_EQ(heard, (std::vector<std::string>{R"({"n":1})", R"({"n":2})"}));
}

TEST_F(TestServer, a_push_is_expected_and_replied) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push push = room.push("shout", {{"body", "hi"}, {"loud", true}});
  const testing::Request shout = connection.expect_push("room:1", "shout", {{"body", "hi"}});
  EXPECT_EQ(shout.topic(), "room:1");
  EXPECT_EQ(shout.event(), "shout");
  EXPECT_EQ(shout.payload().raw(), R"({"body":"hi","loud":true})");
  EXPECT_GT(shout.join_ref(), 0u);
  EXPECT_GT(shout.ref(), shout.join_ref());
  shout.reply("weird", {{"a", 1}});
  EXPECT_EQ(server.reply_of(push).status, "weird");
}

TEST_F(TestServer, the_test_sees_that_the_client_leaves) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  connection.refute_leave("room:1");
  const Push leave = room.leave();
  connection.expect_leave("room:1").reply_ok();
  EXPECT_TRUE(server.reply_of(leave).ok());
}

TEST_F(TestServer, an_attempt_shows_all_that_the_client_asks_with) {
  Socket careful{"ws://test/socket", server.options({.params = {{"user", Json{{"name", "ann"}}}},
                                                     .auth_token = "secret",
                                                     .headers = {{"x-app", "7"}}})};
  careful.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_TRUE(attempt.url().starts_with("ws://test/socket/websocket?")) << attempt.url();
  EXPECT_EQ(attempt.params().at("user"), (Json{{"name", "ann"}}));
  EXPECT_EQ(attempt.params().at("vsn").as_string(), "2.0.0");
  EXPECT_EQ(attempt.auth_token(), "secret");
  ASSERT_EQ(attempt.headers().size(), 1u);
  EXPECT_EQ(attempt.headers()[0].value, "7");
  EXPECT_EQ(attempt.transport(), TransportKind::websocket);
  EXPECT_TRUE(attempt.is_waiting());
}

TEST_F(TestServer, an_attempt_can_be_refused_failed_or_left_unanswered) {
  std::vector<Disconnect> reasons;
  socket.on_reconnect([&](const Socket::Reconnecting& reconnecting) { reasons.push_back(reconnecting.reason); });
  socket.connect();
  server.next_attempt().refuse(503, 2s);
  server.advance(3s);
  server.next_attempt().fail({.kind = Disconnect::Kind::tls_failed});
  server.advance(3s);
  server.next_attempt();
  server.advance(10s);
  ASSERT_EQ(reasons.size(), 3u);
  EXPECT_EQ(reasons[0].kind, Disconnect::Kind::refused);
  EXPECT_EQ(reasons[0].http_status, 503);
  EXPECT_EQ(reasons[0].retry_after, 2s);
  EXPECT_EQ(reasons[1].kind, Disconnect::Kind::tls_failed);
  EXPECT_EQ(reasons[2].kind, Disconnect::Kind::connect_timeout);
}

}  // namespace
}  // namespace suzaku::client

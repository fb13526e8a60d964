#include <string>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Connecting : public ClientTest {};

TEST_F(Connecting, does_nothing_before_it_is_asked_to) {
  server.advance(1h);
  server.refute_attempt();
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
  EXPECT_FALSE(socket.is_connected());
}

TEST_F(Connecting, has_the_defaults_of_phoenix_js) {
  const SocketOptions options;
  EXPECT_EQ(options.timeout, 10s);
  EXPECT_EQ(options.heartbeat_interval, 30s);
  EXPECT_EQ(options.vsn, 2);
  EXPECT_EQ(options.transport, TransportKind::websocket);
  EXPECT_FALSE(options.long_poll_fallback);
  EXPECT_EQ(std::get<ListBackoff>(options.rejoin.backoff).delays,
            (std::vector<std::chrono::milliseconds>{1s, 2s, 5s, 10s}));
  EXPECT_EQ(ListBackoff{}.delays,
            (std::vector<std::chrono::milliseconds>{10ms, 50ms, 100ms, 150ms, 200ms, 250ms, 500ms, 1s, 2s, 5s}));
}

TEST_F(Connecting, sends_the_user_and_password_of_its_url_as_basic_authorization_at_each_attempt) {
  const auto authorization = [](const testing::Attempt& attempt) {
    std::string found;
    for (const auto& [name, value] : attempt.headers()) found += name + ": " + value + '\n';
    return found;
  };
  std::string shown;
  SocketOptions options = server.options();
  options.failover = {"ws://bob@test/other", "ws://test/third"};
  options.on_wire = [&](const WireEvent& event) { shown += std::string(event.text) + '\n'; };
  Socket custom{"ws://ann:s%40crt@test/socket", options};
  custom.on_open([&](const Socket::Opened& opened) { shown += std::string(opened.url) + '\n'; });
  custom.on_reconnect([&](const Socket::Reconnecting& next) { shown += next.reason.message + '\n'; });
  custom.connect();
  for (const char* expected : {"Authorization: Basic YW5uOnNAY3J0\n", "Authorization: Basic Ym9iOg==\n", ""}) {
    const testing::Attempt attempt = server.next_attempt();
    EXPECT_EQ(authorization(attempt), expected);
    EXPECT_EQ(attempt.url().find('@'), std::string::npos) << attempt.url();
    attempt.refuse(503);
  }
  server.advance(10s);
  const testing::Attempt again = server.next_attempt();
  EXPECT_EQ(authorization(again), "Authorization: Basic YW5uOnNAY3J0\n");
  again.accept();
  shown += boost::json::serialize(custom.dump_state());
  EXPECT_NE(shown.find("ws://test/socket"), shown.npos) << shown;
  for (const char* secret : {"ann:", "crt", "bob", "YW5u", "@"}) EXPECT_EQ(shown.find(secret), shown.npos) << shown;
}

TEST_F(Connecting, prefers_an_authorization_header_of_the_users_own) {
  Socket custom{"ws://ann:secret@test/socket", server.options({.headers = {{"authorization", "Bearer x"}}})};
  custom.connect();
  const testing::Attempt attempt = server.next_attempt();
  ASSERT_EQ(attempt.headers().size(), 1u);
  EXPECT_EQ(attempt.headers().front().value, "Bearer x");
}

TEST_F(Connecting, obeys_the_options_it_is_given) {
  testing::Server silent({.answer_heartbeats = false});
  Socket custom{"ws://test/socket", silent.options({.params = {{"one", "two"}},
                                                    .vsn = 1,
                                                    .heartbeat_interval = 60s,
                                                    .heartbeat_timeout = 5s,
                                                    .timeout = 40s,
                                                    .reconnect = {.backoff = after({7s})},
                                                    .rejoin = {.backoff = after({9s})}})};
  custom.connect();
  const testing::Attempt attempt = silent.next_attempt();
  EXPECT_EQ(attempt.url(), "ws://test/socket/websocket?one=two&vsn=1.0.0");
  const testing::Connection connection = attempt.accept();

  Channel room = custom.channel("room:1");
  Push join = room.join();
  connection.expect_join("room:1");
  silent.advance(40s - 1ms);
  EXPECT_FALSE(join.try_get());
  silent.advance(1ms);
  EXPECT_EQ(silent.reply_of(join).outcome, Outcome::timeout);
  silent.advance(9s - 1ms);
  connection.refute_join("room:1");
  silent.advance(1ms);
  connection.expect_join("room:1");

  silent.advance(11s);  // the 60th second
  connection.expect_heartbeat();
  silent.advance(5s);
  connection.expect_close();
  silent.advance(7s - 1ms);
  silent.refute_attempt();
  silent.advance(1ms);
  silent.accept();
}

TEST_F(Connecting, goes_by_websocket_to_the_endpoint) {
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(attempt.transport(), TransportKind::websocket);
  EXPECT_EQ(attempt.url(), "ws://test/socket/websocket?vsn=2.0.0");
}

TEST_F(Connecting, sends_params_that_are_a_value_and_asks_a_function_for_them_at_each_attempt) {
  Socket literal{"ws://test/socket", server.options({.params = {{"one", "two"}}})};
  literal.connect();
  EXPECT_EQ(boost::json::serialize(server.next_attempt().params()), R"({"one":"two","vsn":"2.0.0"})");

  std::vector<std::string> asked;
  Socket closure{"ws://test/socket", server.options({.params = [&](const ConnectAttempt& attempt) -> Result<Payload> {
                   asked.push_back(std::to_string(attempt.attempt) + (attempt.is_reconnect ? " again" : ""));
                   return Payload{{"n", asked.size()}};
                 }})};
  closure.connect();
  testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(boost::json::serialize(attempt.params().at("n")), R"("1")");
  attempt.fail({.kind = Disconnect::Kind::connect_failed});
  server.advance(1s);
  attempt = server.next_attempt();
  EXPECT_EQ(boost::json::serialize(attempt.params().at("n")), R"("2")");
  attempt.accept().lose();
  server.advance(10s);
  EXPECT_EQ(boost::json::serialize(server.next_attempt().params().at("n")), R"("3")");
  EXPECT_EQ(asked, (std::vector<std::string>{"1", "2", "3 again"}));
}

TEST_F(Connecting, shows_a_token_that_is_a_value_and_asks_a_function_for_it_at_each_attempt) {
  Socket literal{"ws://test/socket", server.options({.auth_token = "1234"})};
  literal.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(attempt.auth_token(), "1234");
  EXPECT_EQ(attempt.url(), "ws://test/socket/websocket?vsn=2.0.0") << "it is no param";

  std::string token = "first";
  Socket closure{"ws://test/socket",
                 server.options({.auth_token = [&](const ConnectAttempt&) -> Result<std::string> { return token; }})};
  closure.connect();
  const testing::Attempt first = server.next_attempt();
  EXPECT_EQ(first.auth_token(), "first");
  const testing::Connection connection = first.accept();
  token = "second";
  connection.lose();
  server.advance(10s);
  EXPECT_EQ(server.next_attempt().auth_token(), "second");
}

TEST_F(Connecting, sends_headers_that_are_a_value_and_asks_a_function_for_them_at_each_attempt) {
  Socket literal{"ws://test/socket", server.options({.headers = {{"x-key", "1234"}}})};
  literal.connect();
  EXPECT_EQ(server.next_attempt().headers().at(0).value, "1234");

  Result<std::vector<Header>> headers = std::vector<Header>{{"x-key", "first"}};
  Socket closure{"ws://test/socket", server.options({.headers = [&](const ConnectAttempt&) { return headers; }})};
  closure.connect();
  const testing::Attempt first = server.next_attempt();
  EXPECT_EQ(first.headers().at(0).value, "first");
  const testing::Connection connection = first.accept();
  headers = failure("the file is empty");
  connection.lose();
  server.advance(1s);
  server.refute_attempt();
  headers = std::vector<Header>{{"x-key", "second"}};
  server.advance(10s);
  EXPECT_EQ(server.next_attempt().headers().at(0).value, "second");
}

TEST_F(Connecting, is_one_connection_however_often_it_is_asked) {
  const Push first = socket.connect();
  const Push second = socket.connect();
  server.accept();
  const Push third = socket.connect();
  for (const Push& connect : {first, second, third}) EXPECT_TRUE(server.reply_of(connect).ok());
  server.advance(1min);
  server.refute_attempt();
  EXPECT_EQ(socket.metrics().attempts, 1u);
}

TEST_F(Connecting, tells_of_opening_messages_and_closing_in_their_order) {
  std::vector<std::string> events;
  socket.on_open([&](const Socket::Opened& opened) {
    events.push_back("open " + std::string(opened.url) + (opened.is_reconnect ? " again" : ""));
  });
  socket.on_message([&](const Message& message) { events.push_back("message " + std::string(message.event)); });
  socket.on_close([&](const Disconnect& reason) {
    events.push_back("close " + std::to_string(reason.code) + ' ' + std::string(to_string(reason.kind)));
  });
  socket.on_reconnect([&](const Socket::Reconnecting& next) {
    events.push_back("reconnect " + std::to_string(next.attempt) + ' ' + std::string(to_string(next.reason.kind)));
  });
  const testing::Connection connection = connect();
  connection.broadcast("room:1", "news");
  connection.close(1011);
  server.advance(1s);
  server.accept();
  EXPECT_EQ(events, (std::vector<std::string>{"open ws://test/socket", "message news", "close 1011 closed",
                                              "reconnect 1 closed", "open ws://test/socket again"}));
}

TEST_F(Connecting, calls_each_callback_once_and_none_that_was_taken_back) {
  std::string calls;
  socket.on_open([&](const Socket::Opened&) { calls += 'a'; });
  const auto binding = socket.on_open([&](const Socket::Opened&) { calls += 'b'; });
  socket.on_open([&](const Socket::Opened&) { calls += 'c'; });
  socket.off(binding);
  connect();
  EXPECT_EQ(calls, "ac");
}

TEST_F(Connecting, says_in_which_state_it_is) {
  EXPECT_EQ(to_string(socket.status()), "disconnected");
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(to_string(socket.status()), "connecting");
  EXPECT_FALSE(socket.is_connected());
  const testing::Connection connection = attempt.accept();
  EXPECT_EQ(to_string(socket.status()), "connected");
  EXPECT_TRUE(socket.is_connected());
  connection.lose();
  EXPECT_EQ(to_string(socket.status()), "reconnecting");
  EXPECT_FALSE(socket.is_connected());
  server.advance(10s);
  const testing::Connection second = server.accept();
  second.stall();
  socket.disconnect();
  server.run();
  EXPECT_EQ(to_string(socket.status()), "disconnecting");
  EXPECT_FALSE(socket.is_connected());
  second.drain();
  EXPECT_EQ(to_string(socket.status()), "disconnected");
}

TEST_F(Connecting, tells_why_an_attempt_failed_and_makes_another) {
  std::vector<std::string> reasons;
  int closed = 0;
  socket.on_close([&](const Disconnect&) { ++closed; });
  socket.on_reconnect([&](const Socket::Reconnecting& next) { reasons.emplace_back(to_string(next.reason.kind)); });
  const Push connect = socket.connect();
  server.next_attempt().fail({.kind = Disconnect::Kind::connect_failed, .message = "nobody listens"});
  EXPECT_EQ(reasons, std::vector<std::string>{"connect_failed"});
  EXPECT_EQ(closed, 0) << "nothing was open";
  EXPECT_FALSE(connect.try_get());
  server.advance(1s);
  server.accept();
  EXPECT_TRUE(server.reply_of(connect).ok());
}

}  // namespace
}  // namespace suzaku::client

// How a long poll ends, or does not begin: refusals, failures, time-outs, by us, and by destruction at any moment.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "long_poll.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using client::Disconnect;
using client::SocketOptions;
using Kind = Disconnect::Kind;
using Then = LongPollRequest::Then;

class LongPollEndTest : public LongPollTest {
 protected:
  /// How it ends when the first poll is answered with these bytes.
  Disconnect first_answered(std::string bytes, Then then = Then::keep, const SocketOptions& options = {}) {
    Client client(options, long_poll());
    client.open(url());
    server.next_poll().raw(std::move(bytes), then);
    return client.await_closed();
  }
  /// The same for a poll of an open session.
  Disconnect poll_answered(std::string bytes, Then then = Then::keep, const SocketOptions& options = {}) {
    Client client(options, long_poll());
    open(client);
    poll->raw(std::move(bytes), then);
    return client.await_closed();
  }
  Disconnect post_answered(std::string bytes, Then then = Then::keep) {
    Client client({}, long_poll());
    open(client);
    client.text("[1]");
    server.next_post().raw(std::move(bytes), then);
    return client.await_closed();
  }
  static std::string json(const std::string& body) { return LongPollRequest::http(200, body); }
  static std::string html(int status) {
    return LongPollRequest::http(status, "<html>oh</html>", "Content-Type: text/html\r\n");
  }
};

TEST_F(LongPollEndTest, a_connect_that_is_refused_is_the_403_that_it_would_be_by_websocket) {
  const Disconnect reason = first_answered(json(R"({"status":403})"));
  expect(reason, Kind::refused, {"403", "the params or the token"});
  EXPECT_EQ(reason.http_status, 403);
}

TEST_F(LongPollEndTest, a_session_that_is_gone_closes_with_the_code_that_phoenix_js_gives_it) {
  for (const Disconnect& reason : {poll_answered(json(R"({"messages":[],"status":410,"token":"NEW"})")),
                                   post_answered(json(R"({"status":410})"))}) {
    expect(reason, Kind::closed, {"no such session"});
    EXPECT_EQ(reason.code, 3410);
  }
}

TEST_F(LongPollEndTest, http_errors_are_reported_with_their_status) {
  Disconnect reason = first_answered(html(404));
  expect(reason, Kind::refused, {"/socket/longpoll", "longpoll: true"});
  EXPECT_EQ(reason.http_status, 404);
  reason = first_answered(LongPollRequest::http(503, "", "Retry-After: 7\r\n"));
  expect(reason, Kind::refused, {"503"});
  EXPECT_EQ(reason.retry_after, 7s);

  reason = poll_answered(html(502));
  expect(reason, Kind::lost, {"502", "try later"});
  EXPECT_EQ(reason.http_status, 502);
  expect(poll_answered(html(500)), Kind::lost, {"500", "UTF-8"});
  expect(poll_answered(json(R"({"status":500})")), Kind::lost, {"500"});
  reason = post_answered(html(400));
  expect(reason, Kind::lost, {"400", "8,000,000"});
  EXPECT_EQ(reason.http_status, 400);
  expect(post_answered(json(R"({"status":408})")), Kind::lost, {"408"});
}

TEST_F(LongPollEndTest, a_web_server_without_long_poll_is_distinguished_from_phoenix) {
  expect(first_answered(html(200)), Kind::protocol_error, {"not Phoenix's long poll", "no JSON", "longpoll: true"});
  expect(first_answered(json(R"({"hello":1})")), Kind::protocol_error, {"no \"status\""});
  expect(first_answered(json(R"({"status":200,"messages":[],"token":"x"})")), Kind::protocol_error, {"first poll"});
  expect(first_answered(json(R"({"status":410})")), Kind::protocol_error, {"token"});
  expect(first_answered(json(R"({"status":410,"token":"x\r\nEvil: 1"})")), Kind::protocol_error, {"token"});
  expect(first_answered("SSH-2.0-OpenSSH_9.2\r\n"), Kind::protocol_error, {"not an HTTP/1 response"});
  expect(poll_answered(json(R"({"status":200,"messages":[1]})")), Kind::protocol_error, {"no string"});
  expect(poll_answered(json(R"({"status":200,"messages":{}})")), Kind::protocol_error, {"no list"});
}

TEST_F(LongPollEndTest, half_an_answer_is_none) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":200,\"mess";
  expect(poll_answered(half, Then::close), Kind::lost, {"amid an answer"});
  expect(poll_answered(half, Then::reset), Kind::lost, {"amid an answer"});
  expect(post_answered(half, Then::close), Kind::lost, {"amid an answer"});
  expect(first_answered("HTTP/1.1 200 O", Then::close), Kind::lost, {"amid an answer"});
  expect(first_answered("", Then::close), Kind::lost, {"without an answer"});
  EXPECT_EQ(poll_answered("HTTP/1.1 502 Bad\r\nContent-Length: 100\r\n\r\n<html>", Then::close).http_status, 502);
}

TEST_F(LongPollEndTest, too_large_a_message_ends_it) {
  const SocketOptions small{.max_message_size = 100};
  const std::string message(101, 'x');
  expect(poll_answered(json(R"({"status":200,"messages":[")" + message + "\"]}"), Then::keep, small),
         Kind::protocol_error, {"max_message_size, 100 bytes"});
  expect(poll_answered("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", Then::keep, small), Kind::protocol_error,
         {"too large"});
}

TEST_F(LongPollEndTest, too_many_messages_in_one_answer_end_it) {
  std::string messages;
  for (int i = 0; i <= 100'000; ++i) messages += R"("",)";
  expect(poll_answered(json(R"({"status":200,"messages":[)" + messages + R"(""]})")), Kind::protocol_error,
         {"more than 100000 messages"});
}

TEST_F(LongPollEndTest, waits_for_answers_for_a_limited_time) {
  {
    Client client(SocketOptions{.handshake_timeout = 50ms}, long_poll());
    client.open(url());
    LongPollRequest first = server.next_poll();
    expect(client.await_closed(), Kind::connect_timeout, {"in time"});
  }
  {
    Client client({}, long_poll({.patience = 50ms}));
    open(client);
    expect(client.await_closed(), Kind::lost, {"in time"});
  }
}

TEST_F(LongPollEndTest, waits_for_the_answer_to_messages_for_a_limited_time) {
  Client client({}, long_poll({.patience = 500ms}));
  open(client);
  client.text("[1]");
  LongPollRequest post = server.next_post();
  poll->messages({R"("[0]")"});  // the polls are well
  EXPECT_EQ(client.next_text(), "[0]");
  LongPollRequest later = server.next_poll();
  expect(client.await_closed(), Kind::lost, {"in time"});
}

TEST_F(LongPollEndTest, what_cannot_be_dialed_is_reported_later_and_not_from_within) {
  const auto failed = [](const std::string& url, const SocketOptions& options = {}) {
    Client client(options, long_poll());
    client.open(url);
    const Heard heard = client.next(Heard::Kind::closed);
    EXPECT_EQ(heard.message, "") << "called back from within";
    return heard.reason;
  };
  expect(failed("example.com"), Kind::connect_failed, {"scheme"});
  expect(failed(url(), {.headers = {{"Content-Length", "7"}}}), Kind::connect_failed, {"Content-Length"});
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](ServedConnection&) {}).port();
  }
  expect(failed("ws://127.0.0.1:" + std::to_string(port) + "/socket/longpoll"), Kind::connect_failed,
         {std::to_string(port)});
}

TEST_F(LongPollEndTest, close_sends_what_waits_and_then_ends) {
  Client client(SocketOptions{.close_timeout = 1h}, long_poll({.patience = 1h}));
  open(client);
  send(client, {"[1]"});
  LongPollRequest first = server.next_post();
  client.text("[2]");
  client.close(1000);
  client.text("[3]");  // nothing is sent after it
  poll->messages({R"("[0]")"});
  EXPECT_EQ(client.next_text(), "[0]");
  first.ok();
  LongPollRequest second = server.next_post();
  EXPECT_EQ(second.body, "[2]");
  EXPECT_FALSE(client.has_heard_more());
  second.ok();
  expect(client.await_closed(), Kind::requested);
}

TEST_F(LongPollEndTest, close_takes_no_longer_than_it_may) {
  Client client(SocketOptions{.close_timeout = 50ms}, long_poll({.patience = 1h}));
  open(client);
  client.text("[1]");
  LongPollRequest post = server.next_post();
  client.close(1000);
  expect(client.await_closed(), Kind::requested);
}

TEST_F(LongPollEndTest, close_with_nothing_to_send_ends_it_at_once) {
  Client client({}, long_poll());
  open(client);
  client.close(1000);
  const Heard heard = client.next(Heard::Kind::closed);
  EXPECT_EQ(heard.message, "");
  expect(heard.reason, Kind::requested);
}

TEST_F(LongPollEndTest, close_gives_up_before_it_is_open) {
  Client client({}, long_poll());
  client.open(url());
  LongPollRequest first = server.next_poll();
  client.close(1000);
  expect(client.await_closed(), Kind::requested);
  first.open();
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollEndTest, may_be_destroyed_while_it_is_dialed) {
  Client client({}, long_poll());
  client.open(url());
  client.destroy();
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollEndTest, may_be_destroyed_before_the_first_answer) {
  Client client({}, long_poll());
  client.open(url());
  LongPollRequest first = server.next_poll();
  client.destroy();
  first.open();
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollEndTest, may_be_destroyed_with_a_post_on_its_way) {
  Client client({}, long_poll());
  open(client);
  client.run([](client::Transport& transport) { transport.send(protocol::FrameType::text, "[1]"); });
  client.destroy();
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollEndTest, may_be_destroyed_while_it_closes) {
  Client client({}, long_poll());
  open(client);
  client.text("[1]");
  LongPollRequest post = server.next_post();
  client.close(1000);
  client.destroy();
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollEndTest, may_be_destroyed_within_everything_it_calls) {
  using What = Heard::Kind;
  for (const What what : {What::open, What::text, What::drained, What::closed}) {
    LongPollServer own;
    Client client(SocketOptions{.max_unsent = 2}, long_poll());
    client.within = [what](What kind, std::unique_ptr<client::Transport>& transport) {
      if (kind == What::open) transport->send(protocol::FrameType::text, "[1]");
      if (kind == what) transport.reset();
    };
    client.open("ws://127.0.0.1:" + std::to_string(own.port()) + "/socket/longpoll");
    own.next_poll().open();
    client.await_open();
    if (what != What::open) {
      LongPollRequest post = own.next_post();
      LongPollRequest next = own.next_poll();
      if (what == What::drained) post.ok();
      if (what == What::text) next.messages({R"("[1]")", R"("[2]")"});
      if (what == What::closed) next.answer(R"({"status":403})");
      client.next(what);
    }
    EXPECT_FALSE(client.has_heard_more());
  }
}

}  // namespace
}  // namespace suzaku::test

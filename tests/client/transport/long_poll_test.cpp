// An open long poll: what is asked, what is sent in which form, and what comes of the answers.

#include "long_poll.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using client::SocketOptions;
using Kind = client::Disconnect::Kind;
using protocol::FrameType;

TEST_F(LongPollTest, opens_with_the_first_poll_and_polls_on_over_the_same_connection) {
  Client client(SocketOptions{.headers = {{"X-Mine", "yes"}}}, long_poll());
  client.open(url());
  LongPollRequest first = server.next_poll();
  EXPECT_EQ(first.line(), "GET /socket/longpoll?vsn=2.0.0 HTTP/1.1");
  EXPECT_EQ(first.header("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(first.header("Accept"), "application/json");
  EXPECT_EQ(first.header("X-Mine"), "yes");
  EXPECT_EQ(first.header("X-Phoenix-Longpoll-Token"), std::nullopt);
  EXPECT_EQ(first.header("X-Phoenix-AuthToken"), std::nullopt);
  first.open("a+b/c=");
  client.await_open();

  LongPollRequest second = server.next_poll();
  EXPECT_EQ(second.line(), "GET /socket/longpoll?vsn=2.0.0&token=a%2Bb%2Fc%3D HTTP/1.1");
  EXPECT_EQ(second.header("X-Phoenix-Longpoll-Token"), "a+b/c=");
  EXPECT_EQ(second.header("X-Mine"), "yes");
  EXPECT_EQ(second.connection, 1);
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollTest, shows_the_auth_token_with_polls_alone) {
  Client client({}, long_poll());
  open(client, "tok/en?~");
  EXPECT_EQ(poll->header("X-Phoenix-AuthToken"), "tok/en?~");
  client.text("[1]");
  LongPollRequest post = server.next_post();
  EXPECT_EQ(post.header("X-Phoenix-AuthToken"), std::nullopt);
  EXPECT_EQ(post.header("X-Phoenix-Longpoll-Token"), "TOKEN");
  EXPECT_EQ(post.line(), "POST /socket/longpoll?vsn=2.0.0&token=TOKEN HTTP/1.1");
}

TEST_F(LongPollTest, hands_messages_on_in_order_and_polls_again) {
  Client client({}, long_poll());
  open(client);
  poll->messages({R"("[1,\"é\\n\"]")", R"("[2]")"});
  EXPECT_EQ(client.next_text(), "[1,\"é\\n\"]");
  EXPECT_EQ(client.next_text(), "[2]");
  server.next_poll().answer(R"({"messages":[],"status":204,"token":"TOKEN"})");
  server.next_poll().messages({R"("[3]")"});
  EXPECT_EQ(client.next_text(), "[3]");
  EXPECT_EQ(server.next_poll().connection, 1);
}

TEST_F(LongPollTest, polls_at_a_limited_rate_when_there_are_no_messages) {
  constexpr auto kInterval = 50ms;
  Client client({}, long_poll({.empty_poll_interval = kInterval}));
  open(client);
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    poll->answer(i % 2 == 0 ? R"({"status":204,"token":"TOKEN"})" : R"({"messages":[],"status":200,"token":"TOKEN"})");
    poll.emplace(server.next_poll());
  }
  EXPECT_GE(std::chrono::steady_clock::now() - began, 2 * kInterval);
}

TEST_F(LongPollTest, polls_at_once_when_there_were_messages) {
  Client client({}, long_poll({.empty_poll_interval = 1h}));
  open(client);
  for (int i = 0; i < 3; ++i) {
    poll->messages({R"("[1]")"});
    poll.emplace(server.next_poll());
    EXPECT_EQ(client.next_text(), "[1]");
  }
}

TEST_F(LongPollTest, hands_on_no_message_and_does_not_poll_while_it_is_paused) {
  Client client({}, long_poll());
  open(client);
  client.within = [](Heard::Kind kind, std::unique_ptr<client::Transport>& transport) {
    if (kind == Heard::Kind::text) transport->pause_reading();
  };
  poll->messages({R"("[1]")", R"("[2]")", R"("[3]")"});
  for (const char* message : {"[1]", "[2]", "[3]"}) {
    EXPECT_EQ(client.next_text(), message);
    EXPECT_FALSE(client.has_heard_more());
    EXPECT_EQ(server.waiting_polls(), 0U);
    client.run([](client::Transport& transport) { transport.resume_reading(); });
  }
  server.next_poll().messages({R"("[4]")"});
  EXPECT_EQ(client.next_text(), "[4]");
}

TEST_F(LongPollTest, knows_binary_messages_by_their_kind) {
  Client client({}, long_poll());
  open(client);
  poll->messages({R"("\u0002\u0001\u0001tehi")"});
  EXPECT_EQ(client.next(Heard::Kind::binary).message, "\x02\x01\x01tehi");
}

TEST_F(LongPollTest, sends_what_is_said_in_one_turn_in_one_request) {
  Client client({}, long_poll());
  open(client);
  send(client, {"[1]", "[2]", "[3]"});
  LongPollRequest post = server.next_post();
  EXPECT_EQ(post.header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(post.body, "[1]\n[2]\n[3]");
  EXPECT_NE(post.connection, poll->connection);
}

TEST_F(LongPollTest, has_one_request_in_flight_and_gathers_what_comes_meanwhile) {
  Client client({}, long_poll());
  open(client);
  client.text("[1]");
  LongPollRequest first = server.next_post();
  client.text("[2]");
  client.text("[3]");
  client.thread().settle();
  EXPECT_EQ(server.waiting_posts(), 0U);
  first.ok();
  LongPollRequest second = server.next_post();
  EXPECT_EQ(second.body, "[2]\n[3]");
  EXPECT_EQ(second.connection, first.connection);
  second.ok();
  client.text("[4]");
  EXPECT_EQ(server.next_post().body, "[4]");
}

TEST_F(LongPollTest, sends_at_most_a_hundred_messages_in_a_request) {
  Client client({}, long_poll());
  open(client);
  std::vector<std::string> messages;
  for (int i = 0; i < 150; ++i) messages.push_back('[' + std::to_string(i) + ']');
  send(client, messages);
  LongPollRequest first = server.next_post();
  std::vector<std::string> got = first.lines();
  EXPECT_EQ(got.size(), 100U);
  first.ok();
  const std::vector<std::string> rest = server.next_post().lines();
  EXPECT_EQ(rest.size(), 50U);
  got.insert(got.end(), rest.begin(), rest.end());
  EXPECT_EQ(got, messages);
}

TEST_F(LongPollTest, sends_bytes_as_base64_and_what_is_no_v2_message_alone) {
  Client client({}, long_poll());
  open(client);
  client.run([](client::Transport& transport) {
    transport.send(FrameType::binary, "\x00\xff"sv);
    transport.send(FrameType::text, "[1]");
    transport.send(FrameType::text, R"({"v":1})");
    transport.send(FrameType::text, "[2,\n3]");
  });
  LongPollRequest post = server.next_post();
  EXPECT_EQ(post.body, "AP8=\n[1]");
  post.ok();
  for (const char* body : {R"({"v":1})", "[2,\n3]"}) {
    post = server.next_post();
    EXPECT_EQ(post.header("Content-Type"), "application/json");
    EXPECT_EQ(post.body, body);
    post.ok();
  }
}

TEST_F(LongPollTest, says_how_much_waits_and_when_it_has_gone) {
  Client client(SocketOptions{.max_unsent = 10}, long_poll());
  open(client);
  EXPECT_EQ(client.buffered(), 0U);
  send(client, {"[111]", "[222]", "[333]"});
  LongPollRequest post = server.next_post();
  EXPECT_GE(client.buffered(), 15U);
  post.ok();
  client.next(Heard::Kind::drained);
  EXPECT_EQ(client.buffered(), 0U);
  client.text("[4]");
  server.next_post().ok();
  server.waiting_posts();
  EXPECT_FALSE(client.has_heard_more());
}

TEST_F(LongPollTest, makes_a_new_connection_when_the_server_has_closed_the_old_one) {
  Client client({}, long_poll());
  open(client);
  poll->raw(LongPollRequest::http(200, R"({"messages":[],"status":204})", "Connection: close\r\n"),
            LongPollRequest::Then::close);
  LongPollRequest next = server.next_poll();
  EXPECT_EQ(next.connection, 2);
  client.text("[1]");
  LongPollRequest post = server.next_post();
  EXPECT_EQ(post.connection, 3);
  post.answer(R"({"status":200})", LongPollRequest::Then::close);
  next.messages({R"("[0]")"});
  EXPECT_EQ(client.next_text(), "[0]");
  server.next_poll();
}

TEST_F(LongPollTest, repeats_a_poll_that_crosses_the_end_of_a_kept_connection) {
  Client client({}, long_poll());
  open(client);
  poll->raw("", LongPollRequest::Then::close);
  LongPollRequest again = server.next_poll();
  EXPECT_EQ(again.connection, 2);
  EXPECT_EQ(again.line(), poll->line());
  again.raw("", LongPollRequest::Then::reset);  // not a kept one
  expect(client.await_closed(), Kind::lost, {"without an answer"});
}

TEST_F(LongPollTest, does_not_repeat_a_poll_that_the_server_may_have_answered) {
  Client client({}, long_poll());
  open(client);
  std::this_thread::sleep_for(1100ms);  // longer than requests and closes cross each other
  poll->raw("", LongPollRequest::Then::close);
  expect(client.await_closed(), Kind::lost, {"without an answer"});
}

TEST_F(LongPollTest, never_repeats_messages) {
  Client client({}, long_poll());
  open(client);
  client.text("[1]");
  server.next_post().ok();
  client.text("[2]");
  server.next_post().raw("", LongPollRequest::Then::close);
  expect(client.await_closed(), Kind::lost, {"without an answer"});
  EXPECT_EQ(server.waiting_posts(), 0U);
}

}  // namespace
}  // namespace suzaku::test

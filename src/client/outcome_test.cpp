#include <optional>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Each push ends once, with one of seven outcomes, and says whether it was sent.
class Outcomes : public ClientTest {
 protected:
  Outcomes() { make({}); }
  void make(SocketOptions options) {
    client.emplace("ws://test/socket", server.options(std::move(options)));
    client->connect();
    connection.emplace(server.accept());
    room.emplace(client->channel("room:1"));
    room->join();
    connection->expect_join("room:1").reply_ok();
  }
  Reply reply_of(const Push& push) { return server.reply_of(push); }

  std::optional<Socket> client;
  std::optional<testing::Connection> connection;
  std::optional<Channel> room;
};

TEST_F(Outcomes, are_ok_with_what_the_server_said) {
  const Push push = room->push("ask");
  server.advance(20ms);
  connection->expect_push("room:1", "ask").reply_ok({{"n", 42}});
  const Reply reply = reply_of(push);
  EXPECT_EQ(reply.outcome, Outcome::ok);
  EXPECT_EQ(reply.status, "ok");
  EXPECT_EQ(reply.response.raw(), R"({"n":42})");
  EXPECT_EQ(reply.message, "");
  EXPECT_EQ(reply.round_trip, 20ms);
  EXPECT_TRUE(reply.was_sent);
}

TEST_F(Outcomes, are_errors_for_errors_and_for_words_nobody_knows) {
  for (const std::string_view word : {"error", "weird", ""}) {
    const Push push = room->push("ask");
    connection->expect_push("room:1", "ask").reply(word, {{"reason", "no"}});
    const Reply reply = reply_of(push);
    EXPECT_EQ(reply.outcome, Outcome::error);
    EXPECT_EQ(reply.status, word);
    EXPECT_EQ(reply.response.raw(), R"({"reason":"no"})");
    EXPECT_NE(reply.message, "");
    EXPECT_TRUE(reply.was_sent);
  }
  EXPECT_EQ(client->metrics().pushes_error, 3u);
}

TEST_F(Outcomes, are_errors_for_what_no_frame_can_say) {
  const Push array = room->push("ask", Payload::from_text("[1]"));
  EXPECT_EQ(reply_of(array).outcome, Outcome::error);
  EXPECT_FALSE(reply_of(array).was_sent);
  const Push long_event = room->push(std::string(256, 'e'), Payload::binary("x"));
  EXPECT_EQ(reply_of(long_event).outcome, Outcome::error);
  EXPECT_NE(reply_of(long_event).message.find("255"), std::string::npos) << reply_of(long_event).message;
  connection->expect_nothing();
  EXPECT_EQ(room->state(), Channel::State::joined) << "the others need not suffer";
}

TEST_F(Outcomes, are_timeouts_when_nobody_answers) {
  const Push push = room->push("ask", {}, {.timeout = 1s});
  server.advance(1s);
  EXPECT_EQ(reply_of(push).outcome, Outcome::timeout);
  EXPECT_TRUE(reply_of(push).was_sent);
}

TEST_F(Outcomes, are_timeouts_for_what_could_not_be_sent) {
  connection->lose();
  const Push push = room->push("ask", {}, {.timeout = 500ms});
  server.advance(500ms);
  EXPECT_EQ(reply_of(push).outcome, Outcome::timeout);
  EXPECT_FALSE(reply_of(push).was_sent);
  EXPECT_EQ(room->buffered(), 0u);
}

TEST_F(Outcomes, are_disconnected_for_what_was_sent_before_the_connection_was_lost) {
  const Push push = room->push("ask");
  connection->expect_push("room:1", "ask");
  connection->lose("pulled the plug");
  const Reply reply = reply_of(push);
  EXPECT_EQ(reply.outcome, Outcome::disconnected);
  EXPECT_TRUE(reply.was_sent);
  EXPECT_NE(reply.message.find("pulled the plug"), std::string::npos) << reply.message;
}

TEST_F(Outcomes, are_disconnected_for_what_was_sent_before_the_channel_crashed) {
  const Push push = room->push("ask");
  connection->crash("room:1");
  EXPECT_EQ(reply_of(push).outcome, Outcome::disconnected);
}

TEST_F(Outcomes, wait_for_the_next_connection_when_a_push_may_be_sent_twice) {
  const Push push = room->push("ask", {{"n", 1}}, {.resend = Resend::at_least_once});
  const testing::Request first = connection->expect_push("room:1", "ask");
  const Push later = room->push("later");
  connection->lose();
  EXPECT_FALSE(push.try_get());
  const Push last = room->push("last");
  server.advance(1s);
  connection.emplace(server.accept());
  connection->refute_push("room:1", "ask");
  connection->expect_join("room:1").reply_ok();
  const testing::Request second = connection->expect_frame();
  EXPECT_EQ(second.event(), "ask") << "before what came later";
  EXPECT_EQ(second.payload().raw(), R"({"n":1})");
  EXPECT_NE(second.join_ref(), first.join_ref());
  second.reply_ok();
  EXPECT_TRUE(reply_of(push).ok());
  EXPECT_EQ(reply_of(later).outcome, Outcome::disconnected);
  connection->expect_push("room:1", "last");
}

TEST_F(Outcomes, say_that_it_was_sent_even_if_it_would_be_sent_again) {
  Push cancelled = room->push("ask", {}, {.resend = Resend::at_least_once});
  const Push late = room->push("ask", {}, {.timeout = 500ms, .resend = Resend::at_least_once});
  server.run();
  connection->lose();
  cancelled.cancel();
  EXPECT_TRUE(reply_of(cancelled).was_sent);
  server.advance(500ms);
  EXPECT_EQ(reply_of(late).outcome, Outcome::timeout);
  EXPECT_TRUE(reply_of(late).was_sent);
}

TEST_F(Outcomes, say_whether_it_was_sent_before_the_socket_was_destroyed) {
  const Push sent = room->push("ask");
  connection->expect_push("room:1", "ask");
  const Push waiting = client->channel("room:2").join();
  client.reset();
  EXPECT_EQ(reply_of(sent).outcome, Outcome::closed);
  EXPECT_TRUE(reply_of(sent).was_sent);
  EXPECT_FALSE(reply_of(waiting).was_sent);
}

TEST_F(Outcomes, are_cancelled_at_once_and_nothing_is_sent) {
  Push push = room->push("ask");
  push.cancel();
  connection->expect_nothing();
  EXPECT_EQ(reply_of(push).outcome, Outcome::cancelled);
  EXPECT_FALSE(reply_of(push).was_sent);
  EXPECT_EQ(client->metrics().pushes_cancelled, 1u);
}

TEST_F(Outcomes, are_cancelled_before_it_is_sent) {
  connection->lose();
  Push push = room->push("ask");
  const Push other = room->push("other");
  server.run();
  EXPECT_EQ(room->buffered(), 2u);
  push.cancel();
  server.run();
  EXPECT_EQ(reply_of(push).outcome, Outcome::cancelled);
  EXPECT_EQ(room->buffered(), 1u);
  server.advance(1s);
  connection.emplace(server.accept());
  connection->expect_join("room:1").reply_ok();
  connection->expect_push("room:1", "other");
  connection->refute_push("room:1", "ask");
  EXPECT_EQ(client->metrics().pushes_cancelled, 1u);
}

TEST_F(Outcomes, are_cancelled_after_it_was_sent_and_the_answer_does_not_count) {
  Push push = room->push("ask");
  std::vector<std::string> heard;
  push.then([&](const Reply& reply) { heard.push_back(reply.status); });
  const testing::Request ask = connection->expect_push("room:1", "ask");
  push.cancel();
  push.cancel();
  ask.reply_ok();
  EXPECT_EQ(heard, std::vector<std::string>{"cancelled"});
  EXPECT_TRUE(reply_of(push).was_sent);
  EXPECT_EQ(client->metrics().pushes_cancelled, 1u);
  EXPECT_EQ(client->metrics().pushes_ok, 0u);
  EXPECT_EQ(client->metrics().in_flight, 0u);
}

TEST_F(Outcomes, are_not_changed_by_cancelling_too_late) {
  Push push = room->push("ask");
  connection->expect_push("room:1", "ask").reply_ok();
  push.cancel();
  EXPECT_TRUE(reply_of(push).ok());
}

TEST_F(Outcomes, are_buffer_full_for_the_newest) {
  make({.max_buffered = 2});
  connection->lose();
  const Push a = room->push("a"), b = room->push("b"), c = room->push("c");
  EXPECT_EQ(reply_of(c).outcome, Outcome::buffer_full);
  EXPECT_FALSE(reply_of(c).was_sent);
  EXPECT_FALSE(a.try_get() || b.try_get());
}

TEST_F(Outcomes, are_buffer_full_for_the_oldest_if_so_wished) {
  make({.max_buffered = 2, .overflow = Overflow::drop_oldest});
  connection->lose();
  const Push a = room->push("a"), b = room->push("b"), c = room->push("c");
  EXPECT_EQ(reply_of(a).outcome, Outcome::buffer_full);
  EXPECT_FALSE(b.try_get() || c.try_get());
  server.advance(1s);
  connection.emplace(server.accept());
  connection->expect_join("room:1").reply_ok();
  connection->refute_push("room:1", "a");
  EXPECT_EQ(connection->expect_frame().event(), "b");
  EXPECT_EQ(connection->expect_frame().event(), "c");
}

TEST_F(Outcomes, are_closed_without_a_join_after_a_leave_and_with_the_socket) {
  EXPECT_EQ(reply_of(client->channel("room:2").push("ask")).outcome, Outcome::closed);
  const Push sent = room->push("ask");
  connection->expect_push("room:1", "ask");
  room->leave();
  const Push after = room->push("ask");
  EXPECT_EQ(reply_of(after).outcome, Outcome::closed);
  connection->expect_leave("room:1").reply_ok();
  EXPECT_EQ(reply_of(sent).outcome, Outcome::closed);
  EXPECT_TRUE(reply_of(sent).was_sent);
  Channel other = client->channel("room:3");
  other.join();
  const Push waiting = other.push("ask");
  server.run();
  client.reset();
  EXPECT_EQ(reply_of(waiting).outcome, Outcome::closed);
  EXPECT_EQ(reply_of(other.push("ask")).outcome, Outcome::closed);
}

TEST_F(Outcomes, are_closed_when_the_server_closes_the_channel) {
  const Push push = room->push("ask");
  connection->close_channel("room:1");
  EXPECT_EQ(reply_of(push).outcome, Outcome::closed);
  EXPECT_TRUE(reply_of(push).was_sent);
}

TEST_F(Outcomes, are_reported_to_every_callback_even_when_it_is_added_late) {
  Push push = room->push("ask");
  std::vector<std::string> heard;
  push.receive("ok", [&](const Payload&) { heard.push_back("before"); });
  push.receive("error", [&](const Payload&) { heard.push_back("never"); });
  connection->expect_push("room:1", "ask").reply_ok();
  push.receive("ok", [&](const Payload&) { heard.push_back("after"); });
  EXPECT_EQ(heard.size(), 1u) << "not within receive()";
  server.run();
  EXPECT_EQ(heard, (std::vector<std::string>{"before", "after"}));
}

TEST_F(Outcomes, are_reported_in_the_order_of_the_frames) {
  std::vector<std::string> heard;
  room->on("*", [&](const Message& message) { heard.emplace_back(message.event); });
  room->push("ask").then([&](const Reply&) { heard.push_back("reply"); });
  const testing::Request ask = connection->expect_push("room:1", "ask");
  connection->push("room:1", "one");
  ask.reply_ok();
  connection->push("room:1", "two");
  EXPECT_EQ(heard, (std::vector<std::string>{"one", "reply", "two"}));
}

}  // namespace
}  // namespace suzaku::client

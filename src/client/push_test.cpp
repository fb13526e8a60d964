#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Pushing : public ClientTest {};

TEST_F(Pushing, sends_at_once_when_it_is_joined) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.push("shout", {{"foo", "bar"}});
  const testing::Request shout = connection.expect_push("room:1", "shout");
  EXPECT_EQ(shout.raw(), "[\"" + std::to_string(shout.join_ref()) + "\",\"" + std::to_string(shout.ref()) +
                             R"(","room:1","shout",{"foo":"bar"}])");
  EXPECT_EQ(room.buffered(), 0u);
}

TEST_F(Pushing, numbers_its_messages_in_ascending_order) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Ref last = 0;
  for (int i = 0; i < 5; ++i) {
    room.push("shout");
    const Ref ref = connection.expect_push("room:1", "shout").ref();
    EXPECT_GT(ref, last);
    last = ref;
  }
}

TEST_F(Pushing, waits_for_the_connection_and_the_join_and_then_sends_all_in_order) {
  Channel room = socket.channel("room:1");
  room.join();
  room.push("first");
  server.run();
  EXPECT_EQ(room.buffered(), 1u) << "there is no connection";
  const testing::Connection connection = connect();
  room.push("second");
  connection.refute_push("room:1", "first");
  EXPECT_EQ(room.buffered(), 2u) << "it is not joined";
  const testing::Join join = connection.expect_join("room:1");
  connection.expect_nothing();
  join.reply_ok();
  EXPECT_EQ(room.buffered(), 0u);
  for (const char* event : {"first", "second"}) {
    const testing::Request push = connection.expect_frame();
    EXPECT_EQ(push.event(), event);
    EXPECT_EQ(push.join_ref(), join.ref());
    push.reply_ok();
  }
  connection.crash("room:1");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  connection.expect_nothing();  // they are sent once
}

TEST_F(Pushing, waits_while_the_channel_is_errored) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  connection.crash("room:1");
  room.push("shout");
  connection.expect_nothing();
  EXPECT_EQ(room.buffered(), 1u);
  server.advance(1s);
  connection.expect_join("room:1").reply_error();
  connection.expect_nothing();
  server.advance(2s);
  connection.expect_join("room:1").reply_ok();
  connection.expect_push("room:1", "shout");
}

TEST_F(Pushing, does_not_send_when_the_join_is_not_answered) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  room.join(1s);
  const Push push = room.push("shout");
  connection.expect_join("room:1");
  server.advance(1s);
  EXPECT_EQ(room.state(), Channel::State::errored);
  connection.refute_push("room:1", "shout");
  server.advance(9s);
  const Reply reply = server.reply_of(push);
  EXPECT_EQ(reply.outcome, Outcome::timeout);
  EXPECT_FALSE(reply.was_sent);
  EXPECT_EQ(room.buffered(), 0u);
}

TEST_F(Pushing, is_not_sent_late_when_it_has_timed_out_waiting) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  room.join();
  room.push("shout", {}, {.timeout = 1s});
  server.advance(2s);
  connection.expect_join("room:1").reply_ok();
  connection.expect_nothing();
}

TEST_F(Pushing, ends_with_the_answer_of_the_server) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::vector<std::string> heard;
  const auto ask = [&] {
    Push push = room.push("ask");
    for (const char* status : {"ok", "error", "timeout", "odd"}) {
      push.receive(status, [&, status](const Payload& response) {
        heard.push_back(status + (' ' + std::string(response.raw())));
      });
    }
    return connection.expect_push("room:1", "ask");
  };
  ask().reply_ok({{"a", 1}});
  ask().reply_error({{"b", 2}});
  ask().reply("odd");
  server.advance(1min);
  EXPECT_EQ(heard, (std::vector<std::string>{R"(ok {"a":1})", R"(error {"b":2})", "odd {}"}));
}

TEST_F(Pushing, times_out_after_the_sockets_time_or_its_own) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::vector<std::string> heard;
  const auto note = [&](const char* what) { return [&, what](const Payload&) { heard.emplace_back(what); }; };
  room.push("a").receive("timeout", note("default"));
  room.push("a", {}, {.timeout = 3s}).receive("timeout", note("own"));
  server.advance(3s - 1ms);
  EXPECT_TRUE(heard.empty());
  server.advance(1ms);
  EXPECT_EQ(heard, std::vector<std::string>{"own"});
  server.advance(7s - 1ms);
  EXPECT_EQ(heard.size(), 1u);
  server.advance(1ms);
  EXPECT_EQ(heard, (std::vector<std::string>{"own", "default"}));
}

TEST_F(Pushing, does_not_time_out_after_its_answer_nor_is_answered_after_its_timeout) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::vector<std::string> heard;
  const auto note = [&](const Reply& reply) { heard.push_back(reply.status); };
  room.push("a").then(note);
  connection.expect_push("room:1", "a").reply_ok();
  server.advance(1min);
  room.push("b").then(note);
  const testing::Request late = connection.expect_push("room:1", "b");
  server.advance(10s);
  late.reply_ok();
  EXPECT_EQ(heard, (std::vector<std::string>{"ok", "timeout"}));
}

TEST_F(Pushing, needs_a_join) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Reply reply = server.reply_of(room.push("shout"));
  EXPECT_EQ(reply.outcome, Outcome::closed);
  EXPECT_NE(reply.message.find("call join() first"), std::string::npos) << reply.message;
  connection.expect_nothing();
}

TEST_F(Pushing, leaves_nothing_behind_when_it_is_over) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  room.join();
  room.push("buffered");
  connection.expect_join("room:1").reply_ok();
  connection.expect_push("room:1", "buffered").reply_ok();
  room.push("direct");
  connection.expect_push("room:1", "direct").reply_ok();
  room.push("unanswered");
  server.advance(1min);
  EXPECT_EQ(socket.metrics().in_flight, 0u);
  EXPECT_EQ(socket.metrics().buffered, 0u);
  EXPECT_EQ(socket.dump_state().at("operations").to_number<int>(), 0);
}

TEST_F(Pushing, is_counted_while_it_waits_for_its_answer) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.push("a");
  room.push("b");
  connection.expect_push("room:1", "a");
  EXPECT_EQ(socket.metrics().in_flight, 2u);
  connection.expect_push("room:1", "b").reply_ok();
  EXPECT_EQ(socket.metrics().in_flight, 1u);
}

}  // namespace
}  // namespace suzaku::client

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class ChannelEvents : public ClientTest {
 protected:
  testing::Connection connection = connect();
  Channel room = joined(connection);
  std::string calls;

  std::function<void(const Message&)> note(char call) {
    return [this, call](const Message&) { calls += call; };
  }
};

TEST_F(ChannelEvents, reach_the_callbacks_of_their_name_in_the_order_they_were_added) {
  room.on("event", note('a'));
  room.on("other", note('x'));
  room.on("event", note('b'));
  connection.push("room:1", "event");
  connection.broadcast("room:1", "event");
  EXPECT_EQ(calls, "abab");
}

TEST_F(ChannelEvents, of_other_topics_do_not) {
  Channel hall = joined(connection, "hall");
  room.on("event", note('x'));
  hall.on("event", note('a'));
  connection.push("hall", "event");
  connection.broadcast("hall", "event");
  EXPECT_EQ(calls, "aa");
}

TEST_F(ChannelEvents, are_what_the_server_sent) {
  std::vector<std::string> heard;
  const auto hear = [&](const Message& message) {
    heard.push_back(std::string(message.topic) + ' ' + std::string(message.event) + ' ' +
                    std::string(message.payload.raw()));
  };
  room.on("event", hear);
  room.on("*", hear);
  socket.on_message(hear);
  connection.push("room:1", "event", {{"one", "two"}});
  EXPECT_EQ(heard, std::vector<std::string>(3, R"(room:1 event {"one":"two"})"));
}

TEST_F(ChannelEvents, without_a_callback_reach_the_sockets) {
  socket.on_message(note('a'));
  connection.push("room:1", "event");
  connection.broadcast("elsewhere", "event");
  EXPECT_EQ(calls, "aa");
}

TEST_F(ChannelEvents, are_bound_by_numbers_that_differ) {
  const auto first = room.on("event", note('a'));
  const auto second = room.on("event", note('b'));
  const auto error = room.on_error([](const ChannelError&) {});
  EXPECT_NE(first, second);
  EXPECT_NE(second, error);
}

TEST_F(ChannelEvents, reach_all_callbacks_that_were_there_even_if_one_takes_itself_back) {
  Channel::Binding once = 0;
  once = room.on("event", [&](const Message&) {
    calls += '1';
    room.off(once);
  });
  room.on("event", note('a'));
  room.on("event", [&](const Message&) {
    calls += '+';
    room.on("event", note('n'));
  });
  room.on("event", note('b'));
  connection.push("room:1", "event");
  EXPECT_EQ(calls, "1a+b") << "a new one is called from the next time on";
  connection.push("room:1", "event");
  EXPECT_EQ(calls, "1a+ba+bn");
}

TEST_F(ChannelEvents, reach_none_that_another_callback_has_just_taken_back) {
  Channel::Binding later = 0;
  room.on("event", [&](const Message&) { room.off(later); });
  later = room.on("event", note('x'));
  room.on("event", note('a'));
  connection.push("room:1", "event");
  EXPECT_EQ(calls, "a");
}

TEST_F(ChannelEvents, do_not_reach_callbacks_of_a_name_that_was_taken_back) {
  room.on("event", note('x'));
  room.on("event", note('y'));
  room.on("other", note('a'));
  room.off("event");
  connection.push("room:1", "event");
  connection.push("room:1", "other");
  EXPECT_EQ(calls, "a");
}

TEST_F(ChannelEvents, do_not_reach_the_one_callback_that_was_taken_back) {
  const auto binding = room.on("event", note('x'));
  room.on("event", note('a'));
  room.off(binding);
  room.off(binding);
  connection.push("room:1", "event");
  EXPECT_EQ(calls, "a");
}

TEST_F(ChannelEvents, reach_the_others_when_a_callback_throws) {
  std::string where;
  socket.on_callback_error([&](std::exception_ptr, std::string_view place) { where = place; });
  room.on("event", [](const Message&) { throw std::runtime_error("oops"); });
  room.on("event", note('a'));
  socket.on_message(note('b'));
  connection.push("room:1", "event");
  EXPECT_EQ(calls, "ab");
  EXPECT_EQ(where, "event");
  EXPECT_EQ(socket.metrics().callback_errors, 1u);
}

TEST_F(ChannelEvents, report_errors_and_closes_to_every_callback) {
  room.on_error([&](const ChannelError& error) { calls += 'a' + std::string(error.payload.raw()); });
  const auto binding = room.on_error([&](const ChannelError&) { calls += 'x'; });
  room.on_error([&](const ChannelError&) { calls += 'b'; });
  room.on_close([&](const Payload& reason) { calls += 'c' + std::string(reason.raw()); });
  room.on_close([&](const Payload&) { calls += 'd'; });
  room.off(binding);
  connection.crash("room:1");
  EXPECT_EQ(calls, "a{}b");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  calls.clear();
  connection.close_channel("room:1", {{"why", "over"}});
  EXPECT_EQ(calls, R"(c{"why":"over"}d)");
}

TEST_F(ChannelEvents, end_with_the_channel) {
  room.on("event", note('x'));
  connection.close_channel("room:1");
  EXPECT_EQ(room.state(), Channel::State::closed);
  EXPECT_EQ(socket.metrics().channels, 0u);
  connection.broadcast("room:1", "event");
  EXPECT_EQ(calls, "");
  server.advance(1h);
  connection.expect_nothing();  // it does not join again
  EXPECT_EQ(server.reply_of(room.push("shout")).outcome, Outcome::closed);
}

TEST_F(ChannelEvents, named_like_all_of_them_are_delivered_once) {
  room.on("*", note('a'));
  connection.push("room:1", "*");
  EXPECT_EQ(calls, "a");
}

}  // namespace
}  // namespace suzaku::client

#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Leaving : public ClientTest {};

TEST_F(Leaving, tells_the_server_and_waits_for_its_answer) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push leave = room.leave();
  const testing::Request request = connection.expect_leave("room:1");
  EXPECT_EQ(request.raw(), "[\"" + std::to_string(request.join_ref()) + "\",\"" + std::to_string(request.ref()) +
                               R"(","room:1","phx_leave",{}])");
  EXPECT_EQ(room.state(), Channel::State::leaving);
  EXPECT_FALSE(leave.try_get());
  request.reply_ok();
  EXPECT_TRUE(server.reply_of(leave).ok());
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(Leaving, calls_each_callback_once) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  int closed = 0;
  room.on_close([&](const Payload&) { ++closed; });
  room.leave();
  connection.expect_leave("room:1").reply_ok();
  connection.close_channel("room:1");  // that is how Phoenix ends it
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(Leaving, ends_without_an_answer_after_the_sockets_time_or_its_own) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Channel hall = joined(connection, "hall");
  const Push slow = room.leave();
  const Push quick = hall.leave(2s);
  server.advance(2s - 1ms);
  EXPECT_EQ(hall.state(), Channel::State::leaving);
  server.advance(1ms);
  EXPECT_EQ(server.reply_of(quick).outcome, Outcome::timeout);
  EXPECT_EQ(hall.state(), Channel::State::closed);
  EXPECT_EQ(room.state(), Channel::State::leaving);
  server.advance(8s);
  EXPECT_EQ(server.reply_of(slow).outcome, Outcome::timeout);
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(Leaving, gets_no_more_messages_of_the_topic) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  int heard = 0;
  room.on("news", [&](const Message&) { ++heard; });
  room.leave();
  const testing::Request leave = connection.expect_leave("room:1");
  connection.push("room:1", "news");
  leave.reply_ok();
  connection.broadcast("room:1", "news");
  EXPECT_EQ(heard, 0);
}

TEST_F(Leaving, takes_the_channel_out_of_its_socket_and_leaves_the_others) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Channel hall = joined(connection, "hall");
  EXPECT_EQ(socket.metrics().channels, 2u);
  room.leave();
  connection.expect_leave("room:1").reply_ok();
  EXPECT_EQ(socket.metrics().channels, 1u);
  EXPECT_EQ(hall.state(), Channel::State::joined);
}

TEST_F(Leaving, ends_what_goes_on) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Channel hall = socket.channel("hall");
  const Push join = hall.join();
  const Push buffered = hall.push("buffered");
  const Push sent = room.push("sent");
  connection.expect_push("room:1", "sent");
  room.leave();
  hall.leave();
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::cancelled);
  const Reply never_sent = server.reply_of(buffered);
  EXPECT_EQ(never_sent.outcome, Outcome::closed);
  EXPECT_FALSE(never_sent.was_sent);
  connection.expect_leave("room:1").reply_ok();
  EXPECT_EQ(server.reply_of(sent).outcome, Outcome::closed);
}

TEST_F(Leaving, is_done_at_once_when_there_is_no_server_to_tell) {
  Channel room = socket.channel("room:1");
  EXPECT_TRUE(server.reply_of(room.leave()).ok()) << "it was never joined";
  room.join();
  EXPECT_TRUE(server.reply_of(room.leave()).ok()) << "there is no connection";
  EXPECT_EQ(room.state(), Channel::State::closed);
  connect().expect_nothing();
}

}  // namespace
}  // namespace suzaku::client

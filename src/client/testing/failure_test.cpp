#include <string>

#include "client/testing/kit_test.hpp"

namespace suzaku::client {
namespace {

using TestFailure = KitTest;

TEST_F(TestFailure, a_failure_tells_what_was_expected_and_all_that_happened) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  server.advance(1'500ms);
  room.push("shout", {{"body", "hi"}});
  const std::string failure = failure_of([&] { connection.expect_push("room:1", "shout", {{"body", "ho"}}); });
  EXPECT_EQ(failure.substr(0, failure.find('\n')),
            R"(expected a push of "shout" to "room:1" with {"body":"ho"}; the client has sent no such message.)");
  EXPECT_TRUE(contains(failure, "0.000 s  #1 client  connects to ws://test/socket/websocket?vsn=2.0.0\n")) << failure;
  EXPECT_TRUE(contains(failure, "0.000 s  #1 server  accepts\n")) << failure;
  EXPECT_TRUE(contains(failure, R"("room:1","phx_join",{}])")) << failure;
  EXPECT_TRUE(contains(failure, R"("room:1","phx_reply",{"status":"ok","response":{}}])")) << failure;
  EXPECT_TRUE(contains(failure, "1.500 s  #1 client  [")) << failure;
  EXPECT_EQ(failure.substr(failure.find('\n') + 1), server.story());
}

TEST_F(TestFailure, each_message_is_taken_once_and_in_any_order) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.push("a");
  room.push("b");
  room.push("a", {{"n", 2}});
  connection.expect_push("room:1", "b");
  EXPECT_EQ(connection.expect_push("room:1", "a").payload().raw(), "{}");
  EXPECT_EQ(connection.expect_push("room:1", "a").payload().raw(), R"({"n":2})");
  EXPECT_NE(failure_of([&] { connection.expect_push("room:1", "a"); }), "");
}

TEST_F(TestFailure, what_must_not_come_is_refuted) {
  const testing::Connection connection = connect();
  connection.refute_join("room:1");
  Channel room = socket.channel("room:1");
  room.join();
  EXPECT_TRUE(contains(failure_of([&] { connection.refute_join("room:1"); }), R"(expected no join of "room:1"; but)"));
  connection.expect_join("room:1").reply_ok();
  connection.expect_nothing();
  room.push("shout");
  EXPECT_TRUE(contains(failure_of([&] { connection.refute_push("room:1", "shout"); }), "expected no push"));
  EXPECT_TRUE(contains(failure_of([&] { connection.expect_nothing(); }), "expected nothing more; but"));
  connection.refute_push("room:1", "whisper");
  connection.expect_push("room:1", "shout");
  socket.disconnect();
  EXPECT_TRUE(contains(failure_of([&] { connection.expect_nothing(); }), "has closed the connection"));
  server.refute_attempt();
}

TEST_F(TestFailure, an_operation_that_goes_on_has_no_reply_yet) {
  const Push join = socket.channel("room:1").join();
  EXPECT_TRUE(contains(failure_of([&] { server.reply_of(join); }), "it goes on"));
}

TEST_F(TestFailure, the_server_cannot_speak_for_a_channel_that_was_not_joined) {
  const testing::Connection connection = connect();
  EXPECT_TRUE(contains(failure_of([&] { connection.push("room:1", "news"); }), R"(has not joined "room:1")"));
}

TEST_F(TestFailure, nothing_can_be_sent_on_a_connection_that_has_ended) {
  const testing::Connection connection = connect();
  const testing::Join join = [&] {
    socket.channel("room:1").join();
    return connection.expect_join("room:1");
  }();
  connection.lose();
  EXPECT_FALSE(connection.is_open());
  EXPECT_TRUE(contains(failure_of([&] { join.reply_ok(); }), "the connection has ended"));
}

}  // namespace
}  // namespace suzaku::client

#include <stdexcept>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// What programs do with a client.
using Programs = ClientTest;

std::string why_not(std::string_view url, SocketOptions options = {}) {
  try {
    const Socket socket{url, std::move(options)};
    return "it could be made";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST_F(Programs, do_not_start_with_a_url_or_options_that_cannot_be) {
  for (const auto& [why, words] : {std::pair{why_not(""), "no scheme"},
                                   {why_not("ftp://h"), "unknown scheme \"ftp\""},
                                   {why_not("ws://h", {.vsn = 3}), "vsn"},
                                   {why_not("ws://h", {.max_buffered = 0}), "max_buffered"}}) {
    EXPECT_NE(why.find(words), why.npos) << why;
  }
  EXPECT_EQ(why_not("ws://h"), "it could be made");
}

TEST_F(Programs, repeat_what_they_receive) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.on("shout", [&](const Message& message) { room.push("repeat", message.payload); });
  connection.push("room:1", "shout", {{"n", 1}});
  connection.broadcast("room:1", "shout", Payload::binary("\x01\xff"));
  EXPECT_EQ(connection.expect_push("room:1", "repeat").payload().raw(), R"({"n":1})");
  const testing::Request bytes = connection.expect_push("room:1", "repeat");
  EXPECT_TRUE(bytes.payload().is_binary());
  EXPECT_EQ(bytes.payload().raw(), "\x01\xff");
}

TEST_F(Programs, are_joined_to_all_their_topics_again_after_a_reconnect) {
  const std::vector<std::string> topics{"room:1", "room:2", "hall"};
  const testing::Connection connection = connect();
  int rejoined = 0;
  for (const std::string& topic : topics) {
    joined(connection, topic).on_join([&](const Joined& joined) { rejoined += joined.is_rejoin ? 1 : 0; });
  }
  connection.close(1011);
  server.advance(1s);
  const testing::Connection next = server.accept();
  for (const std::string& topic : topics) next.expect_join(topic).reply_ok();
  next.expect_nothing();
  EXPECT_EQ(rejoined, 3);
}

TEST_F(Programs, show_a_new_token_when_the_old_one_is_refused) {
  std::string token = "old";
  Socket other{
      "ws://test/socket",
      server.options({.params = [&](const ConnectAttempt&) -> Result<Payload> { return Payload{{"token", token}}; }})};
  Channel room = other.channel("room:1");
  room.join();
  other.connect();
  const testing::Connection connection = server.accept();
  connection.expect_join("room:1").reply_ok();
  connection.lose();
  server.advance(1s);
  const testing::Attempt stale = server.next_attempt();
  EXPECT_EQ(stale.params().at("token").as_string(), "old");
  token = "new";
  stale.refuse(403);
  server.advance(2s);
  const testing::Attempt fresh = server.next_attempt();
  EXPECT_EQ(fresh.params().at("token").as_string(), "new");
  fresh.accept().expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Programs, leave_once_however_often_they_ask) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  int closes = 0;
  room.on_close([&](const Payload&) { ++closes; });
  const Push first = room.leave();
  const Push second = room.leave();
  connection.expect_leave("room:1").reply_ok();
  const Push third = room.leave();
  for (const Push& leave : {first, second, third}) EXPECT_TRUE(server.reply_of(leave).ok());
  connection.expect_nothing();
  EXPECT_EQ(closes, 1);
}

TEST_F(Programs, rejoin_with_the_params_of_before) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1", JoinParams{{"last_seen", 7}});
  room.join();
  connection.expect_join("room:1", {{"last_seen", 7}}).reply_ok();
  room.leave();
  connection.expect_leave("room:1").reply_ok();
  room.join();
  connection.expect_join("room:1", {{"last_seen", 7}}).reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

}  // namespace
}  // namespace suzaku::client

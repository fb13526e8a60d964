#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// A socket that goes by long poll from the start. (What its requests look like: tests/client/transport.)
class LongPolling : public ::testing::Test {
 protected:
  testing::Server server;
  Socket socket{"ws://test/socket/websocket",
                server.options({.auth_token = "1234", .transport = TransportKind::long_poll})};
};

TEST_F(LongPolling, goes_to_the_endpoint_of_long_poll_with_the_token) {
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(attempt.transport(), TransportKind::long_poll);
  EXPECT_EQ(attempt.url(), "ws://test/socket/longpoll?vsn=2.0.0");
  EXPECT_EQ(attempt.auth_token(), "1234");
}

TEST_F(LongPolling, is_one_connection_however_often_it_is_asked) {
  const Push first = socket.connect();
  const Push second = socket.connect();
  server.accept();
  for (const Push& connect : {first, second, socket.connect()}) EXPECT_TRUE(server.reply_of(connect).ok());
  server.refute_attempt();
}

TEST_F(LongPolling, tells_what_a_websocket_tells) {
  std::vector<std::string> events;
  socket.on_open([&](const Socket::Opened&) { events.emplace_back("open"); });
  socket.on_message([&](const Message& message) { events.emplace_back(message.event); });
  socket.on_close([&](const Disconnect& reason) { events.push_back("close " + std::to_string(reason.code)); });
  socket.connect();
  const testing::Connection connection = server.accept();
  connection.broadcast("room:1", "news");
  connection.close(3410);
  EXPECT_EQ(events, (std::vector<std::string>{"open", "news", "close 3410"}));
}

}  // namespace
}  // namespace suzaku::client

// The user and password of a URL, as a server receives them.
#include <string>

#include <gtest/gtest.h>

#include "client/transport/long_poll_server.hpp"
#include "client/transport/served_websocket.hpp"
#include "real.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

std::string url_with_user(std::uint16_t port) {
  return "ws://ann:s%40crt@127.0.0.1:" + std::to_string(port) + "/socket";
}

TEST(BasicAuthorization, goes_with_each_upgrade_request) {
  test::Inbox<std::string> requests;
  test::ScriptedServer server([&](test::ServedConnection& connection) {
    test::ServedWebSocket websocket(connection);
    requests.add(websocket.request());
  });  // it ends each connection
  Socket socket(url_with_user(server.port()), quick_options());
  test::Inbox<Disconnect> closes;
  socket.on_close([&](const Disconnect& reason) { closes.add(reason); });
  socket.connect();
  for (int i = 0; i < 2; ++i) {
    const std::string request = requests.next();
    EXPECT_EQ(test::header_of(request, "Authorization"), "Basic YW5uOnNAY3J0");
    EXPECT_EQ(test::header_of(request, "Host"), "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(closes.next().message.find("ann"), std::string::npos);
  }
}

TEST(BasicAuthorization, goes_with_each_request_of_a_long_poll) {
  test::LongPollServer server;
  SocketOptions options = quick_options();
  options.transport = TransportKind::long_poll;
  Socket socket(url_with_user(server.port()), options);
  socket.connect();
  socket.channel("room:1").join();
  const auto expect = [](const test::LongPollRequest& request) {
    EXPECT_EQ(request.header("Authorization"), "Basic YW5uOnNAY3J0") << request.head;
  };
  test::LongPollRequest first = server.next_poll();
  expect(first);
  first.open();
  const test::LongPollRequest second = server.next_poll();
  expect(second);
  const test::LongPollRequest post = server.next_post();
  expect(post);
}

}  // namespace
}  // namespace suzaku::client::real

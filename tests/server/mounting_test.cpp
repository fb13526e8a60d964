// What can be mounted, and until when.

#include <optional>
#include <stdexcept>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using MountingTest = ServerTest;

server::HttpResponse hello(const server::HttpRequest&) {
  return {.body = "hello"};
}

std::string get(std::uint16_t port, const std::string& path) {
  TcpClient client(port);
  client.write("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return client.read_to_end();
}

TEST_F(MountingTest, refuses_what_no_request_can_reach) {
  serve([](server::Endpoint& endpoint) {
    EXPECT_THROW(endpoint.get("hello", hello), std::invalid_argument);
    EXPECT_THROW(endpoint.get("/socket/websocket", hello), std::invalid_argument);
    EXPECT_THROW(endpoint.socket("/socket"), std::invalid_argument);
    const server::StaticPage page{.path = "page", .content_type = "text/plain", .body = "", .etag = "1"};
    EXPECT_THROW(endpoint.pages({&page, 1}), std::invalid_argument);
    endpoint.get("/hello", hello);
    EXPECT_THROW(endpoint.get("/hello", hello), std::invalid_argument);
  });
  EXPECT_TRUE(get(port(), "/hello").ends_with("hello"));
  EXPECT_EQ(connect().status(), 101);
}

TEST_F(MountingTest, is_over_once_the_endpoint_has_started) {
  std::optional<server::SocketMount> mount;
  serve([&](server::Endpoint& endpoint) { mount = endpoint.socket("/other"); });
  const auto expect_refused = [&] {
    EXPECT_THROW(endpoint().get("/hello", hello), std::logic_error);
    EXPECT_THROW(endpoint().socket("/third"), std::logic_error);
    const server::StaticPage page{.path = "/page", .content_type = "text/plain", .body = "", .etag = "1"};
    EXPECT_THROW(endpoint().pages({&page, 1}), std::logic_error);
    EXPECT_THROW(mount->channel("room:*", follow(script)), std::logic_error);
  };
  expect_refused();
  EXPECT_TRUE(get(port(), "/hello").starts_with("HTTP/1.1 404 "));
  WebSocketClient client = connect("/other/websocket?vsn=2.0.0");
  client.push("1", "1", "room:a", "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("status"), "error");
  endpoint().drain();
  expect_refused();
}

TEST_F(MountingTest, goes_on_after_a_start_that_failed) {
  server::Endpoint other(options());
  start(other);
  endpoint_options = options();
  endpoint_options.port = other.port();
  server::Endpoint endpoint(endpoint_options);
  endpoint.get("/first", hello);
  ASSERT_FALSE(endpoint.start());
  EXPECT_EQ(endpoint.port(), 0);
  endpoint.get("/second", hello);
  other.drain();
  const auto started = endpoint.start();
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_TRUE(get(endpoint.port(), "/second").ends_with("hello"));
}

TEST_F(MountingTest, an_endpoint_starts_once) {
  serve();
  EXPECT_THROW((void)endpoint().start(), std::logic_error);
  EXPECT_THROW((void)endpoint().run(), std::logic_error);
  EXPECT_EQ(connect().status(), 101) << "and it goes on";
}

}  // namespace
}  // namespace suzaku::test

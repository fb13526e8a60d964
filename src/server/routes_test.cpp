#include "server/routes.hpp"

#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "http/request_parser.hpp"

namespace suzaku::server {
namespace {

class RoutesTest : public testing::Test {
 protected:
  Mount& socket(std::string_view path, SocketOptions options = {}) {
    return routes.add_socket(path, [] { return std::make_unique<UserSocket>(); }, std::move(options));
  }
  void get(std::string_view path) {
    routes.add_handler("GET", path, [](const HttpRequest&) { return HttpResponse{}; }, {});
  }
  void page(std::string_view path) {
    routes.add_page({.path = path, .content_type = "text/plain", .body = "", .etag = ""});
  }
  void channel(Mount& mount, std::string_view pattern) {
    routes.add_channel(mount, pattern, []() -> std::unique_ptr<Channel> { return nullptr; }, {});
  }

  Routes routes;
};

TEST_F(RoutesTest, finds_what_was_added) {
  socket("/socket/:tenant");
  get("/hello");
  page("/");
  const auto found = routes.find_socket("/socket/acme/websocket");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->variables, (Mount::Variables{{"tenant", "acme"}}));
  EXPECT_TRUE(routes.http().has("/hello"));
  EXPECT_TRUE(routes.find_page("/"));
  EXPECT_FALSE(routes.find_socket("/hello"));
  EXPECT_FALSE(routes.http().has("/"));
  EXPECT_FALSE(routes.find_page("/hello"));
}

TEST_F(RoutesTest, refuses_paths_that_no_request_has) {
  for (const auto* path :
       {"", "hello", "/a?b=1", "/a#b", "/a b", "/a\n", "/\xc3\xa9", "/\x7f", "http://example.com/"}) {
    EXPECT_THROW(get(path), std::invalid_argument) << path;
    EXPECT_THROW(page(path), std::invalid_argument) << path;
  }
  for (const auto* path : {"socket", "/socket?vsn=2.0.0", "/socket#x", "ws://example.com/socket"})
    EXPECT_THROW(socket(path), std::invalid_argument) << path;
  EXPECT_THROW(socket("/socket", {.path = "websocket"}), std::invalid_argument);
  EXPECT_THROW(socket("", {.path = ""}), std::invalid_argument);
}

TEST_F(RoutesTest, takes_every_path_that_a_request_may_have) {
  for (char c = '!'; c <= '~'; ++c) {
    if (c == '?' || c == '#') continue;
    const std::string path = std::string("/a") + c;
    get(path);
    http::RequestParser parser{{.header_bytes = 512, .body_bytes = 0}};
    std::size_t used = 0;
    ASSERT_EQ(parser.feed("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n", used), http::RequestParser::State::done)
        << path;
    EXPECT_TRUE(routes.http().has(parser.take().path())) << path;
  }
}

TEST_F(RoutesTest, refuses_a_path_that_is_taken) {
  get("/hello");
  page("/page");
  for (const auto* path : {"/hello", "/page"}) {
    EXPECT_THROW(get(path), std::invalid_argument) << path;
    EXPECT_THROW(page(path), std::invalid_argument) << path;
  }
  socket("/socket");
  EXPECT_THROW(socket("/socket"), std::invalid_argument);
  EXPECT_THROW(socket("//socket/", {.path = "/%77ebsocket"}), std::invalid_argument) << "the same, written otherwise";
  EXPECT_NO_THROW(socket("/socket", {.path = "/other"}));
}

TEST_F(RoutesTest, refuses_a_handler_and_a_page_where_a_socket_is) {
  socket("/socket/:tenant");
  for (const auto* path : {"/socket/a/websocket", "/socket/b/websocket/", "//socket/%20/websocket"}) {
    EXPECT_THROW(get(path), std::invalid_argument) << path;
    EXPECT_THROW(page(path), std::invalid_argument) << path;
  }
  EXPECT_NO_THROW(get("/socket"));
  EXPECT_NO_THROW(get("/socket/a/websocket/more"));
}

TEST_F(RoutesTest, refuses_a_socket_where_a_handler_or_a_page_is) {
  get("/a/websocket");
  page("/b/websocket");
  EXPECT_THROW(socket("/a"), std::invalid_argument);
  EXPECT_THROW(socket("/b"), std::invalid_argument);
  EXPECT_THROW(socket("/:any"), std::invalid_argument);
  EXPECT_NO_THROW(socket("/c"));
}

TEST_F(RoutesTest, refuses_a_socket_whose_requests_all_go_to_an_earlier_one) {
  socket("/tenants/one");
  EXPECT_NO_THROW(socket("/tenants/:any")) << "the rest goes to it";
  EXPECT_THROW(socket("/tenants/two"), std::invalid_argument);
  EXPECT_THROW(socket("/tenants/:other"), std::invalid_argument);
  EXPECT_NO_THROW(socket("/:any/one"));
}

TEST_F(RoutesTest, refuses_what_is_empty) {
  EXPECT_THROW(routes.add_handler("GET", "/a", nullptr, {}), std::invalid_argument);
  EXPECT_THROW(routes.add_socket("/a", nullptr, {}), std::invalid_argument);
  EXPECT_THROW(routes.add_channel(socket("/a"), "room:*", nullptr, {}), std::invalid_argument);
}

TEST_F(RoutesTest, refuses_a_pattern_that_no_topic_can_match) {
  Mount& mount = socket("/socket", {.max_topic_size = 6});
  EXPECT_THROW(channel(mount, "r\xc3"), std::invalid_argument);
  EXPECT_THROW(channel(mount, ""), std::invalid_argument);
  EXPECT_THROW(channel(mount, "room:42"), std::invalid_argument);
  EXPECT_THROW(channel(mount, "room:42*"), std::invalid_argument);
  EXPECT_NO_THROW(channel(mount, "room:4"));
  EXPECT_NO_THROW(channel(mount, "room:4*"));
}

TEST_F(RoutesTest, takes_nothing_more_once_sealed) {
  Mount& mount = socket("/socket");
  routes.seal();
  EXPECT_THROW(socket("/other"), std::logic_error);
  EXPECT_THROW(get("/hello"), std::logic_error);
  EXPECT_THROW(page("/hello"), std::logic_error);
  EXPECT_THROW(channel(mount, "room:*"), std::logic_error);
  EXPECT_TRUE(routes.find_socket("/socket/websocket"));
  EXPECT_FALSE(routes.find_socket("/other/websocket"));
}

}  // namespace
}  // namespace suzaku::server

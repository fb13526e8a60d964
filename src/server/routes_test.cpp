#include "server/routes.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

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

  template <class Target>
  bool leads_to(std::string_view path) const {
    return std::holds_alternative<Target>(routes.find(path));
  }
  bool is_socket(std::string_view path) const { return leads_to<Routes::SocketMatch>(path); }
  bool is_page(std::string_view path) const { return leads_to<const StaticPage*>(path); }
  bool is_handled(std::string_view path) const { return leads_to<std::vector<HttpRoutes::Match>>(path); }
  bool is_nothing(std::string_view path) const { return leads_to<std::monostate>(path); }

  Routes routes;
};

TEST_F(RoutesTest, finds_what_was_added) {
  socket("/socket/:tenant");
  get("/hello");
  page("/");
  const auto found = routes.find("/socket/acme/websocket");
  ASSERT_TRUE(std::holds_alternative<Routes::SocketMatch>(found));
  EXPECT_EQ(std::get<Routes::SocketMatch>(found).variables, (Mount::Variables{{"tenant", "acme"}}));
  EXPECT_TRUE(is_handled("/hello"));
  EXPECT_TRUE(is_page("/"));
  EXPECT_TRUE(is_nothing("/socket/acme"));
  EXPECT_TRUE(is_nothing("/socket/acme/websocket/more"));
  EXPECT_TRUE(is_nothing("/hello/more"));
}

TEST_F(RoutesTest, the_longest_path_is_found_and_no_longer_one) {
  get("/a/:b/:c");
  EXPECT_TRUE(is_handled("/a/b/c/"));
  EXPECT_TRUE(is_nothing("/a/b/c/d"));
  EXPECT_TRUE(is_nothing("/a/b/c/d/e/f"));
  socket("/s/:a/:b");
  EXPECT_TRUE(is_socket("/s/1/2/websocket"));
  EXPECT_TRUE(is_nothing("/s/1/2/websocket/3"));
}

TEST_F(RoutesTest, what_is_no_path_leads_nowhere) {
  get("/:any");
  EXPECT_TRUE(is_handled("/example.com:443"));
  EXPECT_TRUE(is_nothing("example.com:443")) << "CONNECT asks for it";
  EXPECT_TRUE(is_nothing("*"));
}

TEST_F(RoutesTest, a_page_and_a_socket_win_over_the_variable_of_a_route_in_either_order) {
  get("/:any");
  get("/:any/websocket");
  page("/before");
  socket("/before");
  get("/:other/:more");
  page("/page");
  socket("/socket");
  get("/:x/page");
  for (const auto* path : {"/before", "/page"}) EXPECT_TRUE(is_page(path)) << path;
  for (const auto* path : {"/before/websocket", "/socket/websocket"}) EXPECT_TRUE(is_socket(path)) << path;
  for (const auto* path : {"/other", "/other/websocket", "/other/page", "/a/b"}) EXPECT_TRUE(is_handled(path)) << path;
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
    EXPECT_TRUE(is_handled(parser.take().path())) << path;
  }
}

TEST_F(RoutesTest, refuses_a_path_that_is_taken) {
  get("/hello");
  page("/page");
  for (const auto* path : {"/hello", "/page"}) {
    EXPECT_THROW(get(path), std::invalid_argument) << path;
    EXPECT_THROW(page(path), std::invalid_argument) << path;
  }
  EXPECT_THROW(page("/%68ello"), std::invalid_argument) << "the same, written otherwise";
  EXPECT_THROW(get("/p%61ge/"), std::invalid_argument) << "the same, written otherwise";
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
  EXPECT_TRUE(is_socket("/socket/websocket"));
  EXPECT_TRUE(is_nothing("/other/websocket"));
}

}  // namespace
}  // namespace suzaku::server

// Which pages are let in.

#include <string>

#include "admission_test.hpp"

namespace suzaku::test {
namespace {

using OriginTest = AdmissionTest;

TEST_F(OriginTest, without_an_origin_everybody_is_let_in) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::list, .origins = {"https://example.com"}};
  serve();
  EXPECT_EQ(connect().status(), 101);
}

TEST_F(OriginTest, by_default_only_pages_of_the_own_host_are_let_in) {
  endpoint_options.url_host = "example.com";
  serve();
  for (const char* origin :
       {"http://example.com", "https://example.com:99", "ws://example.com", "https://example.com/path"})
    EXPECT_EQ(status_from(origin), 101) << origin;
  for (const char* origin : {"http://evil.com", "https://EXAMPLE.com", "https://a.example.com", "null", "file://", "",
                             "example.com", "https://evilexample.com", "https://example.com@evil.com"})
    EXPECT_EQ(status_from(origin), 403) << origin;
}

TEST_F(OriginTest, a_refused_origin_gets_an_empty_body) {
  serve();
  WebSocketClient client = connect(kTarget, {{"Origin", "http://evil.com"}});
  EXPECT_EQ(client.status(), 403);
  EXPECT_EQ(client.header("content-length"), "0");
}

TEST_F(OriginTest, any_lets_every_page_in) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::any};
  serve();
  for (const char* origin : {"http://evil.com", "null", ""}) EXPECT_EQ(status_from(origin), 101) << origin;
}

TEST_F(OriginTest, a_list_compares_what_each_entry_names) {
  endpoint_options.check_origin = CheckOrigin::parse(
                                      "https://example.com, //host.com, //port.com:888, http://scheme.com:8080, "
                                      "//*.other.com")
                                      .value();
  serve();
  for (const char* origin :
       {"https://example.com", "https://example.com:443", "HTTPS://example.com", "http://host.com",
        "https://host.com:77", "http://port.com:888", "https://port.com:888", "http://scheme.com:8080",
        "http://other.com", "https://a.other.com", "https://a.b.other.com"})
    EXPECT_EQ(status_from(origin), 101) << origin;
  for (const char* origin :
       {"http://example.com", "https://example.com:444", "http://port.com", "http://port.com:889",
        "https://scheme.com:8080", "http://scheme.com", "https://evilother.com", "null", "http://"})
    EXPECT_EQ(status_from(origin), 403) << origin;
}

TEST_F(OriginTest, request_compares_with_where_the_request_went) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
  serve();
  EXPECT_EQ(status_from("http://chat.com", "chat.com"), 101);
  EXPECT_EQ(status_from("http://chat.com:80", "chat.com"), 101);
  EXPECT_EQ(status_from("http://chat.com:4000", "chat.com:4000"), 101);
  EXPECT_EQ(status_from("https://chat.com", "chat.com"), 403);
  EXPECT_EQ(status_from("http://chat.com", "chat.com:4000"), 403);
  EXPECT_EQ(status_from("http://other.com", "chat.com"), 403);
  EXPECT_EQ(status_from("ws://chat.com", "chat.com"), 403);
}

TEST_F(OriginTest, on_the_loopback_pages_of_this_machine_are_of_one_host) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
  serve();
  const std::string own = "localhost:" + std::to_string(port());
  for (const char* origin : {"http://127.0.0.1:5173", "http://localhost:5173", "https://[::1]", "http://app.localhost"})
    EXPECT_EQ(status_from(origin, own), 101) << origin;
  for (const char* origin : {"null", "http://evil.com", "http://localhost.evil.com"})
    EXPECT_EQ(status_from(origin, own), 403) << origin;
  EXPECT_EQ(status_from("http://localhost:5173", "example.com"), 403) << "as a proxy would send it";
}

TEST_F(OriginTest, by_default_too) {
  serve();
  EXPECT_EQ(status_from("http://127.0.0.1:5173"), 101);
  EXPECT_EQ(status_from("null"), 403);
}

TEST_F(OriginTest, where_others_can_reach_the_server_they_are_not) {
  for (const char* host : {"0.0.0.0", "::"}) {
    endpoint_options.host = host;
    endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
    serve();
    EXPECT_EQ(status_from("http://127.0.0.1:5173", "localhost:4000"), 403) << host;
    EXPECT_EQ(status_from("http://localhost:4000", "localhost:4000"), 101) << host;
  }
}

TEST_F(OriginTest, each_mount_may_have_its_own_policy) {
  socket_options.check_origin = CheckOrigin{.kind = CheckOrigin::Kind::any};
  serve([](server::Endpoint& endpoint) { endpoint.socket("/strict"); });
  const WebSocketClient::Headers evil = {{"Origin", "http://evil.com"}};
  EXPECT_EQ(connect("/socket/websocket", evil).status(), 101);
  EXPECT_EQ(connect("/strict/websocket", evil).status(), 403);
}

}  // namespace
}  // namespace suzaku::test

#include "client/core/url.hpp"

#include <gtest/gtest.h>

namespace suzaku::client::core {
namespace {

std::string url_error(std::string_view text) {
  const auto url = parse_url(text);
  return url ? "no error" : url.error().message;
}

void expect_url_error(std::string_view text, std::string_view part) {
  EXPECT_NE(url_error(text).find(part), std::string::npos) << text << ": " << url_error(text);
}

TEST(Url, has_its_parts) {
  const auto url = parse_url("wss://ann:s%40crt@Example.COM:4001/socket?a=1&b=/x");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_TRUE(url->is_secure);
  EXPECT_EQ(url->user_info, "ann:s%40crt");
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 4001);
  EXPECT_EQ(url->path_and_query, "/socket?a=1&b=/x");
  EXPECT_EQ(url->authority(), "example.com:4001");
  EXPECT_EQ(url->text(), "wss://example.com:4001/socket?a=1&b=/x");
  EXPECT_EQ(url->text("http"), "https://example.com:4001/socket?a=1&b=/x");
}

TEST(Url, takes_the_port_of_its_scheme) {
  for (const auto& [text, port] :
       {std::pair{"ws://h/", 80}, {"http://h", 80}, {"WSS://h/", 443}, {"https://h:/", 443}}) {
    const auto url = parse_url(text);
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->port, port);
    EXPECT_TRUE(url->is_default_port());
    EXPECT_EQ(url->authority(), "h");
    EXPECT_EQ(url->host_and_port(), "h:" + std::to_string(port));
  }
  EXPECT_FALSE(parse_url("ws://h:443")->is_default_port());
}

TEST(Url, knows_ipv6_addresses) {
  const auto url = parse_url("ws://[2001:DB8::1]:4000/s");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->authority(), "[2001:db8::1]:4000");
  EXPECT_EQ(parse_url("wss://[::1]")->authority(), "[::1]");
  expect_url_error("ws://[::g]/", "no IPv6 address");
  expect_url_error("ws://[::1/", "bracket is not closed");
  expect_url_error("ws://[::1]4000/", "only a port may follow");
  expect_url_error("ws://::1/", "stands in brackets");
}

TEST(Url, always_has_a_path) {
  EXPECT_EQ(parse_url("ws://h")->path_and_query, "/");
  EXPECT_EQ(parse_url("ws://h?a=b")->path_and_query, "/?a=b");
  EXPECT_EQ(parse_url("ws://h/?a=b://c")->path_and_query, "/?a=b://c");
}

TEST(Url, encodes_what_no_request_line_can_hold) {
  EXPECT_EQ(parse_url("ws://h/a b/\xc3\xa9?x=<\"y\">&z=%20[]")->path_and_query,
            "/a%20b/%C3%A9?x=%3C%22y%22%3E&z=%20[]");
}

TEST(Url, says_what_is_wrong_with_it) {
  EXPECT_EQ(url_error("http2://h"), "unknown scheme \"http2\": expected ws, wss, http or https");
  expect_url_error("localhost:4000/socket", "no scheme");
  expect_url_error("//localhost/socket", "no scheme");
  expect_url_error("/socket?to=ws://h", "no scheme");
  expect_url_error("", "no scheme");
  expect_url_error("ws://", "no host");
  expect_url_error("ws:///socket", "no host");
  expect_url_error("ws://:4000/", "no host");
  expect_url_error("ws://a@/", "with user and password percent-encoded");
  expect_url_error("ws://a b/", "no host name");
  expect_url_error("ws://h%20x/", "no host name");
  expect_url_error(
      "ws://b\xc3\xbc"
      "cher.example/",
      "punycode");
  expect_url_error("ws://" + std::string(254, 'a'), "no host name");
  expect_url_error("ws://h/#top", "fragment");
  expect_url_error("ws://h\r\n/", "control character");
  expect_url_error(std::string_view("ws://h/\0", 8), "control character");
  for (const char* port : {"0", "65536", "99999999999", "-1", "+1", "80a", " 80"})
    expect_url_error("ws://h:" + std::string(port) + "/", "expected a number from 1 to 65535");
}

TEST(Url, keeps_secrets_out_of_its_errors) {
  for (const char* text :
       {"ws://ann:hunter2@h:0/?token=hunter2", "ws://ann:hunter2@h h/?token=hunter2", "ann:hunter2@host/?token=hunter2",
        "ws://ann:hunter2@/?token=hunter2", "ws://ann:hunter2/x@h", "ws://ann:hunter2?x@h", "ann:hunter2://x@h",
        "ws://[hunter2/]@h", "ws://h/?token=hunter2#x", "ws://h/\n?token=hunter2"})
    EXPECT_EQ(url_error(text).find("hunter2"), std::string::npos) << url_error(text);
}

}  // namespace
}  // namespace suzaku::client::core

#include "server/origin.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::server {
namespace {

using Kind = CheckOrigin::Kind;

constexpr RequestOrigin kRequest{.secure = false, .host_header = "example.com:4000"};

bool allowed(const CheckOrigin& policy, std::string_view origin, RequestOrigin request = kRequest) {
  return origin_allowed(policy, "example.com", origin, request);
}
CheckOrigin list(std::vector<std::string> origins) {
  return {.kind = Kind::list, .origins = std::move(origins)};
}

const std::vector<std::string_view> kWithoutHost = {"null", "file://",       "", "example.com", "http://",
                                                    "//",   "data:text/html"};

TEST(Origin, false_lets_every_page_in) {
  const CheckOrigin any{.kind = Kind::any};
  EXPECT_TRUE(allowed(any, "https://evil.com"));
  for (const std::string_view origin : kWithoutHost) EXPECT_TRUE(allowed(any, origin)) << origin;
}

TEST(Origin, true_compares_the_host_with_that_of_the_endpoint_and_nothing_else) {
  const CheckOrigin host{.kind = Kind::host};
  for (const auto* origin : {"http://example.com", "https://example.com", "http://example.com:8080", "ws://example.com",
                             "//example.com", "https://example.com/path?x#y"})
    EXPECT_TRUE(allowed(host, origin)) << origin;
  for (const auto* origin :
       {"http://evil.com", "http://www.example.com", "http://example.com.evil.com", "https://EXAMPLE.com",
        "http://evil.com/example.com", "http://evilexample.com", "http://evil.com?//example.com"})
    EXPECT_FALSE(allowed(host, origin)) << origin;
}

TEST(Origin, without_a_host_nobody_is_let_in) {
  for (const std::string_view origin : kWithoutHost) {
    EXPECT_FALSE(allowed({.kind = Kind::host}, origin)) << origin;
    EXPECT_FALSE(allowed({.kind = Kind::request}, origin)) << origin;
    EXPECT_FALSE(allowed(list({"//example.com", "//*.com"}), origin)) << origin;
  }
}

TEST(Origin, a_listed_host_is_good_with_every_scheme_and_port) {
  const CheckOrigin policy = list({"//other.com", "//example.com"});
  for (const auto* origin : {"http://example.com", "https://example.com:444", "ws://other.com"})
    EXPECT_TRUE(allowed(policy, origin)) << origin;
  for (const auto* origin : {"http://a.example.com", "http://evil.com"})
    EXPECT_FALSE(allowed(policy, origin)) << origin;
}

TEST(Origin, a_listed_port_counts) {
  const CheckOrigin policy = list({"//example.com:888"});
  EXPECT_TRUE(allowed(policy, "http://example.com:888"));
  EXPECT_TRUE(allowed(policy, "https://example.com:888"));
  EXPECT_FALSE(allowed(policy, "http://example.com"));
  EXPECT_FALSE(allowed(policy, "http://example.com:8888"));
  EXPECT_FALSE(allowed(policy, "http://example.com:x"));
}

TEST(Origin, a_listed_scheme_counts_and_implies_its_port) {
  const CheckOrigin https = list({"https://example.com"});
  EXPECT_TRUE(allowed(https, "https://example.com"));
  EXPECT_TRUE(allowed(https, "https://example.com:443"));
  EXPECT_TRUE(allowed(https, "HTTPS://example.com"));
  EXPECT_FALSE(allowed(https, "https://example.com:444"));
  EXPECT_FALSE(allowed(https, "http://example.com"));
  EXPECT_FALSE(allowed(https, "http://example.com:443"));

  const CheckOrigin http = list({"http://example.com"});
  EXPECT_TRUE(allowed(http, "http://example.com:80"));
  EXPECT_FALSE(allowed(http, "http://example.com:4000"));
  EXPECT_TRUE(allowed(list({"http://example.com:4000"}), "http://example.com:4000"));
}

TEST(Origin, a_star_means_the_host_itself_and_everything_below_it) {
  const CheckOrigin policy = list({"//*.other.com"});
  for (const auto* origin : {"http://other.com", "https://a.other.com", "http://a.b.other.com:81"})
    EXPECT_TRUE(allowed(policy, origin)) << origin;
  for (const auto* origin : {"http://evilother.com", "http://other.com.evil.com", "http://other.org", "http://.com"})
    EXPECT_FALSE(allowed(policy, origin)) << origin;
  EXPECT_FALSE(allowed(list({"//a.*.com"}), "http://a.b.com"));
}

TEST(Origin, addresses_are_hosts_too) {
  EXPECT_TRUE(allowed(list({"//127.0.0.1"}), "http://127.0.0.1:4000"));
  EXPECT_TRUE(allowed(list({"//[::1]:4000"}), "http://[::1]:4000"));
  EXPECT_TRUE(allowed(list({"//[::1]"}), "http://[::1]:4000"));
  EXPECT_FALSE(allowed(list({"//[::1]:4000"}), "http://[::1]:4001"));
}

TEST(Origin, what_stands_before_an_at_is_not_the_host) {
  EXPECT_FALSE(allowed({.kind = Kind::host}, "http://example.com@evil.com"));
  EXPECT_FALSE(allowed(list({"//example.com"}), "http://example.com:80@evil.com"));
}

TEST(Origin, conn_wants_the_scheme_host_and_port_of_the_request) {
  const CheckOrigin conn{.kind = Kind::request};
  EXPECT_TRUE(allowed(conn, "http://example.com:4000"));
  for (const auto* origin :
       {"https://example.com:4000", "http://example.com", "http://other.com:4000", "ws://example.com:4000"})
    EXPECT_FALSE(allowed(conn, origin)) << origin;

  const RequestOrigin secure{.secure = true, .host_header = "example.com"};
  EXPECT_TRUE(allowed(conn, "https://example.com", secure));
  EXPECT_TRUE(allowed(conn, "https://example.com:443", secure));
  EXPECT_FALSE(allowed(conn, "http://example.com", secure));
  EXPECT_FALSE(allowed(conn, "https://example.com:4000", secure));
}

TEST(Origin, to_a_server_of_this_machine_alone_all_its_pages_are_of_one_host) {
  const std::vector<std::string_view> pages = {"http://localhost:5173", "http://127.0.0.1:4000", "https://127.1.2.3",
                                               "http://[::1]:3000", "http://app.localhost:8080"};
  const std::vector<std::string_view> others = {"null",
                                                "file://",
                                                "http://evil.com",
                                                "http://localhost.evil.com",
                                                "http://127.0.0.1.evil.com",
                                                "http://192.168.0.1",
                                                "http://evil.com@evil.localhost.com",
                                                "chrome-extension://127.0.0.1",
                                                "//127.0.0.1"};
  const CheckOrigin host{.kind = Kind::host};
  const CheckOrigin conn{.kind = Kind::request};
  for (const auto* own : {"localhost:4000", "127.0.0.1:4000", "[::1]:4000"}) {
    const RequestOrigin local{.secure = false, .host_header = own, .is_local_only = true};
    const RequestOrigin reachable{.secure = false, .host_header = own};
    for (const std::string_view page : pages) {
      EXPECT_TRUE(origin_allowed(conn, "example.com", page, local)) << page << " to " << own;
      EXPECT_TRUE(origin_allowed(host, "localhost", page, local)) << page << " to " << own;
      EXPECT_FALSE(origin_allowed(host, "example.com", page, local)) << "it was told another name: " << page;
      EXPECT_FALSE(origin_allowed(list({"https://example.com"}), "localhost", page, local)) << page;
      EXPECT_EQ(origin_allowed(conn, "localhost", page, reachable), page == "http://" + std::string(own)) << page;
    }
    for (const std::string_view page : others) {
      EXPECT_FALSE(origin_allowed(conn, "localhost", page, local)) << page << " to " << own;
      EXPECT_FALSE(origin_allowed(host, "localhost", page, local)) << page << " to " << own;
    }
  }
  const RequestOrigin by_another_name{.secure = false, .host_header = "example.com", .is_local_only = true};
  EXPECT_FALSE(origin_allowed(conn, "localhost", "http://localhost:5173", by_another_name));
}

TEST(CheckOriginParse, knows_its_words) {
  EXPECT_EQ(CheckOrigin::parse("true")->kind, Kind::host);
  EXPECT_EQ(CheckOrigin::parse("false")->kind, Kind::any);
  EXPECT_EQ(CheckOrigin::parse("conn")->kind, Kind::request);
}

TEST(CheckOriginParse, takes_a_list) {
  const auto policy = CheckOrigin::parse("https://example.com, //*.example.org ,//a:1");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->kind, Kind::list);
  EXPECT_EQ(policy->origins, (std::vector<std::string>{"https://example.com", "//*.example.org", "//a:1"}));
}

TEST(CheckOriginParse, refuses_entries_without_a_host) {
  for (const auto* wrong : {"", "example.com", "https://", "//a,b", "//a,,//b", "//a:port", "yes"})
    EXPECT_EQ(CheckOrigin::parse(wrong).error().code, ErrorCode::invalid) << wrong;
  EXPECT_NE(CheckOrigin::parse("//a,b").error().message.find("\"b\""), std::string::npos);
}

}  // namespace
}  // namespace suzaku::server

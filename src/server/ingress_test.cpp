#include "server/ingress.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::server {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Ingress trusting(std::vector<std::string> proxies) {
  return Ingress({.trusted_proxies = std::move(proxies)});
}

/// In short: "192.0.2.1 4711 https example.com".
std::string caller(const Ingress& ingress, const std::string& peer, const Headers& more) {
  http::Request request;
  request.headers = {{"host", "inside:4000"}};
  request.headers.insert(request.headers.end(), more.begin(), more.end());
  const Caller found = ingress.caller_of(request, {.address = {*net::parse_ip(peer), 999}, .secure = false});
  return found.address.host() + ' ' + std::to_string(found.address.port()) + (found.secure ? " https " : " http ") +
         found.host;
}

const Headers kThree = {
    {"x-forwarded-for", "192.0.2.1"}, {"x-forwarded-proto", "https"}, {"x-forwarded-host", "example.com"}};

TEST(Ingress, believes_a_trusted_proxy) {
  EXPECT_EQ(caller(trusting({"10.0.0.1"}), "10.0.0.1", kThree), "192.0.2.1 0 https example.com");
  EXPECT_EQ(caller(trusting({"::1", "10.0.0.0/8"}), "10.2.3.4", kThree), "192.0.2.1 0 https example.com");
  EXPECT_EQ(caller(trusting({"fd00::/8"}), "fd12::1",
                   {{"forwarded", R"(for="[2001:DB8::1]:4711";proto=https;host=example.com)"}}),
            "2001:db8::1 4711 https example.com");
}

TEST(Ingress, believes_nobody_else) {
  const std::string plain = "10.0.0.1 999 http inside:4000";
  EXPECT_EQ(caller(trusting({}), "10.0.0.1", kThree), plain);
  EXPECT_EQ(caller(trusting({"10.0.0.2", "192.0.2.1"}), "10.0.0.1", kThree), plain);
  EXPECT_EQ(caller(trusting({"10.0.0.2"}), "10.0.0.1", {{"forwarded", "for=10.0.0.2;proto=https"}}), plain);
}

TEST(Ingress, takes_from_the_connection_what_the_proxy_does_not_say) {
  const Ingress ingress = trusting({"10.0.0.1"});
  EXPECT_EQ(caller(ingress, "10.0.0.1", {}), "10.0.0.1 999 http inside:4000");
  EXPECT_EQ(caller(ingress, "10.0.0.1", {{"x-forwarded-proto", "https"}}), "10.0.0.1 999 https inside:4000");
  EXPECT_EQ(caller(ingress, "10.0.0.1", {{"forwarded", "for=unknown;host=a"}}), "10.0.0.1 999 http a");
  EXPECT_EQ(caller(ingress, "10.0.0.1", {{"x-forwarded-for", "192.0.2.1:x"}}), "192.0.2.1 0 http inside:4000");
}

TEST(Ingress, finds_the_client_behind_several_proxies) {
  const Ingress ingress = trusting({"10.0.0.0/8"});
  EXPECT_EQ(caller(ingress, "10.0.0.3", {{"x-forwarded-for", "192.0.2.1, 10.0.0.1, 10.0.0.2"}}),
            "192.0.2.1 0 http inside:4000");
  EXPECT_EQ(caller(ingress, "10.0.0.3",
                   {{"forwarded", "for=192.0.2.1;proto=https;host=example.com, for=10.0.0.1;proto=http;host=inner"}}),
            "192.0.2.1 0 https example.com");
  EXPECT_EQ(caller(ingress, "10.0.0.3", {{"x-forwarded-for", "10.0.0.1, 10.0.0.2"}}), "10.0.0.1 0 http inside:4000")
      << "the client is on our side of the proxies";
}

TEST(Ingress, does_not_believe_what_the_client_itself_has_sent) {
  const Ingress ingress = trusting({"10.0.0.0/8"});
  EXPECT_EQ(caller(ingress, "10.0.0.3", {{"x-forwarded-for", "203.0.113.9, 192.0.2.1, 10.0.0.2"}}),
            "192.0.2.1 0 http inside:4000");
  EXPECT_EQ(caller(ingress, "10.0.0.3",
                   {{"forwarded", "for=203.0.113.9;proto=https;host=evil.com"}, {"forwarded", "for=192.0.2.1;host=a"}}),
            "192.0.2.1 0 http a");
  EXPECT_EQ(caller(ingress, "10.0.0.3", {{"forwarded", "for=203.0.113.9"}, {"x-forwarded-for", "192.0.2.1"}}),
            "192.0.2.1 0 http inside:4000");
}

TEST(Ingress, a_header_that_is_malformed_changes_nothing) {
  const Ingress ingress = trusting({"10.0.0.0/8"});
  for (const Headers& headers : {Headers{{"x-forwarded-for", "garbage"}},
                                 {{"x-forwarded-for", "192.0.2.1 garbage"}},
                                 {{"x-forwarded-for", "192.0.2.1, 10.0.0"}},
                                 {{"x-forwarded-proto", "gopher"}, {"x-forwarded-host", "a/b"}},
                                 {{"forwarded", "for=192.0.2.1;proto=https;proto=https"}},
                                 {{"forwarded", ""}},
                                 {{"x-forwarded-for", ""}, {"forwarded", "for=192.0.2.1"}}})
    EXPECT_EQ(caller(ingress, "10.0.0.3", headers), "10.0.0.3 999 http inside:4000") << headers.front().second;
  EXPECT_EQ(caller(ingress, "10.0.0.3", {{"x-forwarded-for", "garbage, 10.0.0.2"}}), "10.0.0.2 0 http inside:4000")
      << "the last proxy that is known";
}

TEST(Ingress, refuses_what_is_no_address) {
  EXPECT_THROW(trusting({"10.0.0.1", "localhost"}), std::invalid_argument);
}

TEST(Ingress, is_local_only_on_the_loopback_without_a_proxy) {
  const auto is_local_only = [](std::vector<std::string> proxies, bool is_loopback) {
    Ingress ingress = trusting(std::move(proxies));
    ingress.set_loopback(is_loopback);
    return ingress.caller_of({}, {.address = {*net::parse_ip("127.0.0.1"), 999}}).is_local_only;
  };
  EXPECT_TRUE(is_local_only({}, true));
  EXPECT_FALSE(is_local_only({}, false));
  EXPECT_FALSE(is_local_only({"127.0.0.1"}, true));
}

}  // namespace
}  // namespace suzaku::server

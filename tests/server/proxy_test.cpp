// Behind proxies that are trusted, and others.

#include <string>
#include <vector>

#include "admission_test.hpp"

namespace suzaku::test {
namespace {

using ProxyTest = AdmissionTest;

const WebSocketClient::Headers kBehindProxy = {{"Host", "inside:4000"},
                                               {"Origin", "https://example.com"},
                                               {"X-Forwarded-For", "192.0.2.7"},
                                               {"X-Forwarded-Proto", "https"},
                                               {"X-Forwarded-Host", "example.com"}};

TEST_F(ProxyTest, a_trusted_proxy_tells_who_the_client_is_and_where_it_went) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
  endpoint_options.trusted_proxies = {"10.0.0.0/8", "127.0.0.1"};
  note_info();
  serve();
  EXPECT_EQ(connect(kTarget, kBehindProxy).status(), 101);
  EXPECT_EQ(info.peer_address, "192.0.2.7");
  EXPECT_EQ(info.peer_port, 0);
  EXPECT_TRUE(info.secure);
  EXPECT_EQ(info.host, "example.com");

  EXPECT_EQ(connect(kTarget, {{"Host", "inside:4000"},
                              {"Origin", "https://example.com:8443"},
                              {"Forwarded", "for=203.0.113.9;proto=http"},
                              {"Forwarded", R"(for="[2001:db8::7]:4711";proto=https;host="example.com:8443")"}})
                .status(),
            101);
  EXPECT_EQ(info.peer_address, "2001:db8::7");
  EXPECT_EQ(info.peer_port, 4711);
  EXPECT_EQ(info.host, "example.com:8443");

  auto evil = kBehindProxy;
  evil[1].second = "https://evil.com";
  EXPECT_EQ(connect(kTarget, evil).status(), 403);
  EXPECT_EQ(status_from("http://localhost:5173", "localhost"), 403)
      << "behind a proxy nothing is of this machine alone";
}

TEST_F(ProxyTest, nobody_else_is_believed) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
  for (const std::vector<std::string>& proxies :
       std::vector<std::vector<std::string>>{{}, {"127.0.0.2", "192.0.2.7", "::1"}}) {
    endpoint_options.trusted_proxies = proxies;
    note_info();
    serve();
    EXPECT_EQ(connect(kTarget, kBehindProxy).status(), 403);
    auto plain = kBehindProxy;
    plain[1].second = "http://inside:4000";
    EXPECT_EQ(connect(kTarget, plain).status(), 101);
    EXPECT_EQ(info.peer_address, "127.0.0.1");
    EXPECT_GT(info.peer_port, 0);
    EXPECT_FALSE(info.secure);
    EXPECT_EQ(info.host, "inside:4000");
  }
}

TEST_F(ProxyTest, a_proxy_is_known_by_its_address_however_it_comes) {
  endpoint_options.host = "::";  // IPv4 clients come as ::ffff:127.0.0.1
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
  endpoint_options.trusted_proxies = {"127.0.0.0/8"};
  serve();
  EXPECT_EQ(connect(kTarget, kBehindProxy).status(), 101);
}

TEST_F(ProxyTest, a_malformed_header_of_a_proxy_counts_as_absent) {
  endpoint_options.trusted_proxies = {"127.0.0.1"};
  note_info();
  serve();
  for (const WebSocketClient::Headers& headers : {WebSocketClient::Headers{{"X-Forwarded-For", "no address"}},
                                                  {{"X-Forwarded-Proto", "gopher"}, {"X-Forwarded-Host", "a/b"}},
                                                  {{"Forwarded", "for=192.0.2.7;for=192.0.2.8"}},
                                                  {{"Forwarded", "for=\"192.0.2.7;proto=https"}}}) {
    auto all = headers;
    all.emplace_back("Host", "inside:4000");
    EXPECT_EQ(connect(kTarget, all).status(), 101);
    EXPECT_EQ(info.peer_address, "127.0.0.1") << headers.front().second;
    EXPECT_FALSE(info.secure) << headers.front().second;
    EXPECT_EQ(info.host, "inside:4000") << headers.front().second;
  }
}

}  // namespace
}  // namespace suzaku::test

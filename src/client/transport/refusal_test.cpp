#include "client/transport/refusal.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::client::transport {
namespace {

using http::ReceivedResponse;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(784'111'777)};

core::Url url() {
  return core::parse_url("wss://example.com:4000/socket/websocket?token=secret").value();
}

ReceivedResponse answer(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
  ReceivedResponse response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

void expect_advice(const ReceivedResponse& response, std::string_view words) {
  const Disconnect reason = refusal(response, url(), kNow);
  EXPECT_EQ(reason.kind, Disconnect::Kind::refused);
  EXPECT_EQ(reason.http_status, response.status);
  EXPECT_TRUE(reason.message.starts_with("example.com:4000 answered with HTTP " + std::to_string(response.status)))
      << reason.message;
  EXPECT_NE(reason.message.find(words), reason.message.npos) << reason.message;
  EXPECT_EQ(reason.message.find("secret"), reason.message.npos) << reason.message;
}

TEST(Refusal, says_what_to_do_next) {
  expect_advice(answer(401), "refused the params or the token");
  expect_advice(answer(403), "refused the params or the token");
  expect_advice(answer(404),
                "no socket is mounted at /socket/websocket; the URL must have the path of the endpoint's "
                "socket, such as /socket for `socket \"/socket\"`");
  expect_advice(answer(426), "another protocol");
  expect_advice(answer(429), "later");
  expect_advice(answer(500), "trouble of its own");
  expect_advice(answer(599), "trouble of its own");
  expect_advice(answer(200), "knows no WebSocket");
  expect_advice(answer(418), "check the URL");
  expect_advice(answer(301, {{"location", "wss://other.example/socket?token=secret"}}),
                "connect to wss://other.example/socket");
  expect_advice(answer(302), "connect to another URL");
}

TEST(Refusal, tells_when_to_come_back) {
  EXPECT_EQ(refusal(answer(429), url(), kNow).retry_after, std::nullopt);
  EXPECT_EQ(refusal(answer(429, {{"retry-after", "7"}}), url(), kNow).retry_after, std::chrono::seconds(7));
  EXPECT_EQ(refusal(answer(503, {{"retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"}}), url(), kNow).retry_after,
            std::chrono::seconds(60));
  EXPECT_EQ(refusal(answer(503, {{"retry-after", "soon"}}), url(), kNow).retry_after, std::nullopt);
}

TEST(Refusal, quotes_a_text_body_or_the_reason) {
  ReceivedResponse response = answer(503);
  EXPECT_EQ(words_of(response), "Service Unavailable");
  response.reason = "Back at\x1b[2J nine";
  EXPECT_EQ(words_of(response), "Back at\\u001b[2J nine");
  response.body = " closed\r\nfor  lunch\n";
  EXPECT_EQ(words_of(response), "closed for lunch");
  response.headers = {{"content-type", "text/plain; charset=utf-8"}};
  EXPECT_EQ(words_of(response), "closed for lunch");
  response.body = std::string(300, 'x');
  EXPECT_EQ(words_of(response), std::string(200, 'x') + "...");
  response.body = "zu viel f\u00fcr heute";
  EXPECT_EQ(words_of(response), response.body);
  response.headers = {{"content-type", "text/html"}};
  EXPECT_EQ(words_of(response), "Back at\\u001b[2J nine");
  response.headers = {{"content-encoding", "gzip"}};
  EXPECT_EQ(words_of(response), "Back at\\u001b[2J nine");
}

TEST(ProxyRefusal, names_both_and_says_what_to_do) {
  const auto message = [](int status, const std::string& authorization) {
    const Proxy proxy{.host = "proxy", .port = 3128, .authorization = authorization};
    const Disconnect reason = proxy_refusal(answer(status), proxy, url());
    EXPECT_EQ(reason.kind, Disconnect::Kind::proxy_failed);
    EXPECT_EQ(reason.http_status, 0);
    EXPECT_TRUE(reason.message.starts_with("the proxy proxy:3128 did not connect to example.com:4000: "));
    return reason.message;
  };
  EXPECT_NE(message(407, "").find("http://user:password@proxy:3128"), std::string::npos);
  EXPECT_NE(message(407, "Basic dTpw").find("does not accept the user or the password"), std::string::npos);
  EXPECT_EQ(message(407, "Basic dTpw").find("dTpw"), std::string::npos);
  EXPECT_NE(message(403, "").find("does not allow"), std::string::npos);
  EXPECT_NE(message(502, "").find("could not reach the host"), std::string::npos);
  EXPECT_TRUE(message(404, "").ends_with("HTTP 404 (Not Found)"));
}

}  // namespace
}  // namespace suzaku::client::transport

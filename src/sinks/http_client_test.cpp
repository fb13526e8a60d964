#include "sinks/http_client.hpp"

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "support/certificates.hpp"
#include "support/http_receiver.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::sinks {
namespace {

using namespace std::chrono_literals;
using test::HttpReceiver;

constexpr auto kLong = 10min;

int status_of(const tl::expected<HttpResult, HttpFailure>& answer) {
  if (!answer) throw std::runtime_error(answer.error().message);
  return answer->status;
}

TEST(HttpClient, posts_one_after_another_on_one_connection) {
  HttpReceiver receiver;
  HttpClient client({.url = receiver.url()});
  const std::string body = std::string("a\0b", 3) + std::string(2'000'000, 'x');
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of(client.post({{"X-A", "1"}, {"x-empty", ""}}, body)), 200);
  for (int i = 0; i < 3; ++i) {
    const http::Request request = receiver.next();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/signals");
    EXPECT_TRUE(request.body == body);
    ASSERT_NE(request.header("x-a"), nullptr);
    EXPECT_EQ(*request.header("x-a"), "1");
    ASSERT_NE(request.header("x-empty"), nullptr);
    EXPECT_EQ(*request.header("x-empty"), "");
    EXPECT_EQ(request.header("expect"), nullptr);
  }
  EXPECT_EQ(receiver.connections(), 1U);
}

TEST(HttpClient, does_not_follow_redirections) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::status(302, "location: /elsewhere"); });
  HttpClient client({.url = receiver.url()});
  EXPECT_EQ(status_of(client.post({}, "")), 302);
  receiver.next();
  EXPECT_EQ(receiver.waiting(), 0U);
}

TEST(HttpClient, returns_how_long_the_server_asks_to_wait) {
  std::string header = "retry-after: 7";
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(503, header); });
  HttpClient client({.url = receiver.url()});
  EXPECT_EQ(client.post({}, "").value().retry_after, 7s);
  header = "retry-after: 99999999";
  EXPECT_EQ(client.post({}, "").value().retry_after, 24h);
  header = "";
  EXPECT_EQ(client.post({}, "").value().retry_after, 0s);
}

TEST(HttpClient, does_not_read_endless_answers) {
  HttpReceiver receiver(
      [](const auto&) { return "HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + std::string(3'000'000, 'x'); });
  HttpClient client({.url = receiver.url(), .timeout = kLong});
  EXPECT_EQ(status_of(client.post({}, "")), 200);
}

TEST(HttpClient, returns_the_head_without_waiting_for_the_body) {
  for (const char* const head : {"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                                 "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
                                 "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"}) {
    HttpReceiver receiver([&](const auto&) { return head; });
    HttpClient client({.url = receiver.url(), .timeout = kLong});
    EXPECT_EQ(status_of(client.post({}, "")), 200) << head;
    EXPECT_EQ(status_of(client.post({}, "")), 200) << head;
  }
}

TEST(HttpClient, accepts_an_answer_whose_body_breaks_off) {
  test::ScriptedServer server([](test::ServedConnection& connection) {
    connection.read_some();
    connection.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab");
  });
  HttpClient client({.url = "http://127.0.0.1:" + std::to_string(server.port()), .timeout = kLong});
  EXPECT_EQ(status_of(client.post({}, "")), 200);
}

TEST(HttpClient, ignores_heads_of_1xx) {
  HttpReceiver receiver([](const auto&) { return "HTTP/1.1 103 Early Hints\r\n\r\n"; });
  HttpClient client({.url = receiver.url(), .timeout = 50ms});
  EXPECT_FALSE(client.post({}, "").has_value());
}

TEST(HttpClient, ignores_the_answer_of_a_proxy_to_connect) {
  for (const char* const answer : {"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
                                   "HTTP/1.1 200 Connection established\r\n\r\n"}) {
    test::ScriptedServer proxy([&](test::ServedConnection& connection) {
      connection.read_some();
      connection.write(answer);
    });
    ::setenv("https_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
    const auto answered = HttpClient({.url = "https://receiver.invalid/", .timeout = kLong}).post({}, "");
    ::unsetenv("https_proxy");
    ASSERT_FALSE(answered.has_value()) << answer;
    EXPECT_FALSE(answered.error().was_sent) << answer;
  }
}

TEST(HttpClient, reports_whether_the_request_was_sent) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::kHangUp; });
  EXPECT_TRUE(HttpClient({.url = receiver.url()}).post({}, "").error().was_sent);
  EXPECT_FALSE(HttpClient({.url = "http://127.0.0.1:1"}).post({}, "").error().was_sent);
}

TEST(HttpClient, without_an_answer_it_fails) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::kHangUp; });
  HttpClient client({.url = receiver.url()});
  EXPECT_FALSE(client.post({}, "").has_value());
  const auto refused = HttpClient({.url = "http://127.0.0.1:1"}).post({}, "");
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("connect"), std::string::npos) << refused.error().message;
}

TEST(HttpClient, waits_no_longer_than_its_timeout) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::kNoAnswer; });
  HttpClient client({.url = receiver.url(), .timeout = 50ms});
  const auto answer = client.post({}, "");
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().message.find("timed out"), std::string::npos) << answer.error().message;
}

TEST(HttpClient, stop_ends_the_current_request_and_later_ones) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::kNoAnswer; });
  HttpClient client({.url = receiver.url(), .timeout = kLong});
  auto answer = std::async(std::launch::async, [&] { return client.post({}, "").has_value(); });
  receiver.next();
  client.stop();
  ASSERT_EQ(answer.wait_for(30s), std::future_status::ready);
  EXPECT_FALSE(answer.get());
  EXPECT_FALSE(client.post({}, "").has_value());
}

TEST(HttpClient, trusts_the_configured_authorities) {
  const test::Certificate trusted({.name = "CA", .is_authority = true});
  const test::Certificate other({.name = "Other CA", .is_authority = true});
  const test::Certificate certificate({.name = "server", .alternative_names = "DNS:localhost"}, &trusted);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX_use_certificate(tls.get(), certificate.certificate());
  SSL_CTX_use_PrivateKey(tls.get(), certificate.key());
  const test::TemporaryFolder folder;
  trusted.write(folder.file("ca.pem"), folder.file("ca.key"));
  other.write(folder.file("other.pem"), folder.file("other.key"));

  HttpReceiver receiver([](const auto&) { return HttpReceiver::status(200); }, tls.get());
  EXPECT_EQ(status_of(HttpClient({.url = receiver.url(), .ca_file = folder.file("ca.pem")}).post({}, "")), 200);
  const auto untrusted = HttpClient({.url = receiver.url(), .ca_file = folder.file("other.pem")}).post({}, "");
  ASSERT_FALSE(untrusted.has_value());
  EXPECT_NE(untrusted.error().message.find("certificate"), std::string::npos) << untrusted.error().message;
  EXPECT_FALSE(HttpClient({.url = receiver.url()}).post({}, "").has_value());
  EXPECT_EQ(receiver.connections(), 1U);
}

TEST(HttpClient, names_its_server_without_secrets) {
  EXPECT_EQ(HttpClient({.url = "https://hunter:two@example.com:8443/hunter?hunter=3#hunter"}).server(),
            "https://example.com:8443");
  EXPECT_EQ(HttpClient({.url = "http://[::1]/a"}).server(), "http://[::1]");
}

TEST(HttpClient, accepts_urls_of_http_only) {
  for (const char* wrong : {"", "example.com", "/path", "ftp://example.com/", "file:///etc/passwd", "https://"})
    EXPECT_THROW(HttpClient({.url = wrong}), std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace suzaku::sinks

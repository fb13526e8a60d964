// Opening a WebSocket through an HTTP proxy.

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "client.hpp"
#include "served_websocket.hpp"
#include "support/certificates.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using client::Disconnect;
using client::SocketOptions;
using Kind = Disconnect::Kind;

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

std::string proxy_url(const ScriptedServer& proxy, const std::string& credentials = {}) {
  return "http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port());
}

/// How an attempt ends whose proxy does this.
Disconnect proxied(const ScriptedServer::Script& script, SocketOptions options = {},
                   const std::string& url = "ws://target.invalid:4000/socket/websocket") {
  ScriptedServer proxy(script);
  options.proxy = proxy_url(proxy);
  Client client(options);
  client.open(url);
  return client.await_closed();
}
ScriptedServer::Script answering(const std::string& answer, bool then_close = false) {
  return [=](ServedConnection& connection) {
    read_request(connection);
    connection.write(answer);
    if (!then_close) connection.read_to_end();
  };
}

TEST(ProxiedDial, asks_the_proxy_for_the_target_then_the_target_for_the_websocket) {
  std::promise<std::string> asked;
  ScriptedServer proxy([&](ServedConnection& connection) {
    const std::string request = read_request(connection);
    connection.write(kEstablished);
    ServedWebSocket websocket(connection);
    asked.set_value(request + websocket.request());
    websocket.text("through");
    connection.read_to_end();
  });
  Client client(SocketOptions{.headers = {{"X-Mine", "yes"}}, .proxy = proxy_url(proxy, "Aladdin:open%20sesame@")});
  client.open("ws://target.invalid/socket/websocket");
  client.await_open();
  EXPECT_EQ(client.next_text(), "through");
  const std::string request = asked.get_future().get();
  EXPECT_TRUE(
      request.starts_with("CONNECT target.invalid:80 HTTP/1.1\r\nHost: target.invalid:80\r\n"
                          "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"
                          "GET /socket/websocket HTTP/1.1\r\nHost: target.invalid\r\n"))
      << request;
  EXPECT_EQ(request.rfind("Proxy-Authorization"), request.find("Proxy-Authorization")) << "the target must not see it";
}

TEST(ProxiedDial, speaks_tls_with_the_target_within) {
  const TemporaryFolder folder;
  const Certificate authority({.name = "CA", .is_authority = true});
  authority.write(folder.file("ca.pem"), folder.file("ca.key"));
  const Certificate certificate({.name = "t", .alternative_names = "DNS:target.invalid"}, &authority);
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), certificate.certificate());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key());

  std::promise<std::string> asked;
  ScriptedServer proxy([&](ServedConnection& connection) {
    asked.set_value(read_request(connection));
    for (const char c : kEstablished) connection.write({&c, 1});
    if (!connection.accept_tls(context.get())) return;
    ServedWebSocket websocket(connection);
    websocket.text("through");
    websocket.next();
  });
  Client client(SocketOptions{.tls = {.ca_file = folder.file("ca.pem")}, .proxy = proxy_url(proxy)});
  client.open("wss://target.invalid/socket/websocket");
  client.await_open();
  EXPECT_EQ(client.next_text(), "through");
  EXPECT_TRUE(asked.get_future().get().starts_with("CONNECT target.invalid:443 "));
}

TEST(ProxiedDial, is_chosen_by_the_environment_too) {
  std::promise<std::string> asked;
  ScriptedServer proxy([&](ServedConnection& connection) { asked.set_value(read_request(connection)); });
  Client client;
  client.shared().environment = [&](const char* name) -> std::optional<std::string> {
    if (name != std::string_view("http_proxy")) return std::nullopt;
    return proxy_url(proxy);
  };
  client.open("ws://target.invalid/socket/websocket");
  EXPECT_EQ(client.await_closed().kind, Kind::proxy_failed);
  EXPECT_TRUE(asked.get_future().get().starts_with("CONNECT target.invalid:80 "));
}

TEST(ProxiedDial, tells_what_the_proxy_says) {
  expect(proxied(answering("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")), Kind::proxy_failed,
         {"the proxy 127.0.0.1:", "target.invalid:4000", "407", "Who are you", "http://user:password@"});
  expect(proxied(answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 7\r\n\r\nno host")), Kind::proxy_failed,
         {"502", "no host", "could not reach"});
  expect(proxied(answering("HTTP/1.1 403 Forbidden\r\n\r\nnot here", true)), Kind::proxy_failed, {"403", "not here"});
}

TEST(ProxiedDial, knows_what_is_no_proxy) {
  expect(proxied(answering("SSH-2.0-OpenSSH_9.2\r\n")), Kind::proxy_failed, {"127.0.0.1:", "HTTP proxy", "port"});
  expect(proxied(answering("", true)), Kind::proxy_failed, {"without an answer"});
  expect(proxied(answering("HTTP/1.1 200", true)), Kind::proxy_failed, {"cut short"});
  expect(proxied([](ServedConnection& connection) {
           read_request(connection);
           connection.reset();
         }),
         Kind::proxy_failed, {"reset"});
}

TEST(ProxiedDial, does_not_take_bytes_that_come_before_anybody_asked) {
  expect(proxied(answering(std::string(kEstablished) + "HTTP/1.1 101 Now\r\n")), Kind::proxy_failed,
         {"nobody had asked for"});
}

TEST(ProxiedDial, waits_for_the_proxy_only_as_long_as_it_may) {
  expect(proxied(answering(""), {.connect_timeout = 50ms}), Kind::connect_timeout,
         {"the proxy 127.0.0.1:", "target.invalid:4000", "connect_timeout of 50 ms"});
  expect(proxied(answering("HTTP/1.1 407 Who\r\nContent-Length: 9\r\n\r\n"), {.connect_timeout = 50ms}),
         Kind::proxy_failed, {"407"});
  expect(proxied(answering(std::string(kEstablished)), {.handshake_timeout = 50ms}), Kind::connect_timeout,
         {"target.invalid:4000 did not answer the WebSocket upgrade"});
}

TEST(ProxiedDial, names_a_proxy_that_cannot_be_reached) {
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](ServedConnection&) {}).port();
  }
  Client client(SocketOptions{.proxy = "http://127.0.0.1:" + std::to_string(port)});
  client.open("ws://target.invalid/socket/websocket");
  expect(client.await_closed(), Kind::proxy_failed, {"cannot reach the proxy", "127.0.0.1", std::to_string(port)});
}

}  // namespace
}  // namespace suzaku::test

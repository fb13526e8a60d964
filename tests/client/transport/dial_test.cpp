// Opening a WebSocket without proxy and TLS: what the server receives, and the result of each answer.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "client.hpp"
#include "served_websocket.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using client::Disconnect;
using client::SocketOptions;
using Kind = Disconnect::Kind;

std::string target_of(const ScriptedServer& server, const std::string& path = "/socket/websocket?vsn=2.0.0") {
  return "ws://127.0.0.1:" + std::to_string(server.port()) + path;
}

/// How an attempt ends whose upgrade request is answered with these bytes; then the server waits for the client to go,
/// or closes.
Disconnect answered(const std::string& answer, bool then_close = false, const SocketOptions& options = {}) {
  ScriptedServer server([&](ServedConnection& connection) {
    read_request(connection);
    connection.write(answer);
    if (!then_close) connection.read_to_end();
  });
  Client client(options);
  client.open(target_of(server));
  return client.await_closed();
}

std::string response(int status, const std::string& headers = {}, const std::string& body = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " Because\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Dial, asks_as_a_browser_would) {
  std::string request;
  std::uint16_t port = 0;
  {
    ScriptedServer server([&](ServedConnection& connection) {
      ServedWebSocket websocket(connection);
      request = websocket.request();
      websocket.next();
    });
    port = server.port();
    Client client(SocketOptions{.headers = {{"X-Mine", "yes"}}});
    client.open(target_of(server), "tok/en?~");
    client.await_open();
  }
  EXPECT_TRUE(request.starts_with("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n")) << request;
  EXPECT_EQ(header_of(request, "Host"), "127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(header_of(request, "X-Mine"), "yes");
  EXPECT_EQ(header_of(request, "Sec-WebSocket-Protocol"), "phoenix, base64url.bearer.phx.dG9rL2VuP34");
  EXPECT_EQ(header_of(request, "Sec-WebSocket-Extensions"), std::nullopt);
  EXPECT_EQ(header_of(request, "Sec-WebSocket-Key")->size(), 24U);
}

TEST(Dial, every_attempt_has_a_key_of_its_own) {
  Inbox<std::string> keys;
  ScriptedServer server([&](ServedConnection& connection) {
    keys.add(header_of(read_request(connection), "Sec-WebSocket-Key").value_or(""));
  });
  Client first;
  first.open(target_of(server));
  Client second;
  second.open(target_of(server));
  EXPECT_NE(keys.next(), keys.next());
}

TEST(Dial, opens_whatever_pieces_the_answer_comes_in) {
  ScriptedServer server([&](ServedConnection& connection) {
    for (const char c : granted(read_request(connection))) connection.write({&c, 1});
    connection.read_to_end();
  });
  Client client;
  client.open(target_of(server));
  client.await_open();
}

TEST(Dial, reads_messages_that_come_together_with_the_answer) {
  ScriptedServer server([&](ServedConnection& connection) {
    const std::string request = read_request(connection);
    connection.write(granted(request) + std::string(ws::make_frame(ws::Opcode::text, "early").view()) +
                     std::string(ws::make_frame(ws::Opcode::binary, "bird").view()));
    connection.read_to_end();
  });
  Client client;
  client.open(target_of(server));
  client.await_open();
  EXPECT_EQ(client.next_text(), "early");
  EXPECT_EQ(client.next(Heard::Kind::binary).message, "bird");
}

TEST(Dial, tells_the_status_of_a_refusal_and_what_to_do) {
  for (const auto& [status, words] : std::vector<std::pair<int, std::string>>{{400, "check the URL"},
                                                                              {401, "the params or the token"},
                                                                              {403, "the params or the token"},
                                                                              {404, "mounted at /socket/websocket;"},
                                                                              {426, "another protocol"},
                                                                              {429, "later"},
                                                                              {500, "try later"},
                                                                              {503, "try later"},
                                                                              {200, "knows no WebSocket"}}) {
    const Disconnect reason = answered(response(status));
    expect(reason, Kind::refused, {"127.0.0.1:", std::to_string(status), "Because", words});
    EXPECT_EQ(reason.http_status, status);
    EXPECT_EQ(reason.retry_after, std::nullopt);
  }
}

TEST(Dial, passes_the_server_s_words_and_its_retry_after_on) {
  const Disconnect reason = answered(response(429, "Retry-After: 7\r\nContent-Type: text/plain\r\n", "slow\ndown"));
  expect(reason, Kind::refused, {"slow down"});
  EXPECT_EQ(reason.retry_after, 7s);
  expect(answered("HTTP/1.1 403 Forbidden\r\n\r\nuntil the end", true), Kind::refused, {"until the end"});
  expect(answered("HTTP/1.1 403 F\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"), Kind::refused, {"(no)"});
}

TEST(Dial, a_refusal_counts_even_if_its_body_is_cut_short_late_or_huge) {
  EXPECT_EQ(answered("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nhalf", true).http_status, 503);
  EXPECT_EQ(
      answered("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nhalf", false, {.handshake_timeout = 50ms}).http_status,
      503);
  EXPECT_EQ(answered("HTTP/1.1 503 Busy\r\nContent-Length: 1000000\r\n\r\n").http_status, 503);
  EXPECT_EQ(answered("HTTP/1.1 503 Busy\r\n\r\n" + std::string(20'000, 'x')).http_status, 503);
}

TEST(Dial, does_not_follow_redirects_but_says_where_they_lead) {
  const Disconnect reason = answered(response(301, "Location: https://other.example/socket?token=x\r\n"));
  expect(reason, Kind::refused, {"connect to https://other.example/socket"});
  EXPECT_EQ(reason.http_status, 301);
}

TEST(Dial, knows_what_is_no_websocket) {
  expect(answered("SSH-2.0-OpenSSH_9.2\r\n"), Kind::not_websocket, {"not an HTTP/1 response", "check the port", "wss"});
  expect(answered("HTTP/1.1 101 Hm\r\n\r\n"), Kind::not_websocket, {"Upgrade: websocket"});
  expect(answered("HTTP/1.1 101 Hm\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                  "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
         Kind::not_websocket, {"127.0.0.1:", "Sec-WebSocket-Accept"});
  expect(answered("HTTP/1.1 " + std::string(20'000, 'x')), Kind::not_websocket, {"head too large"});
  expect(answered("HTTP/1.1 101 Switching", true), Kind::not_websocket, {"cut short"});
}

TEST(Dial, refuses_compression_with_context_takeover) {
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    connection.read_to_end();
  });
  Client client(SocketOptions{.compress = true});
  client.open(target_of(server));
  expect(client.await_closed(), Kind::not_websocket, {"context takeover", "try without compression"});
}

TEST(Dial, a_connection_that_ends_before_the_answer_is_lost) {
  for (const bool hard : {false, true}) {
    ScriptedServer server([&](ServedConnection& connection) {
      read_request(connection);
      if (hard) connection.reset();
    });
    Client client;
    client.open(target_of(server));
    expect(client.await_closed(), Kind::lost, {"127.0.0.1:", "without an answer", "wss"});
  }
}

TEST(Dial, a_server_that_resets_at_once_fails_the_connection_or_loses_it) {
  ScriptedServer server([](ServedConnection& connection) { connection.reset(); });
  Client client;
  client.open(target_of(server));
  const Disconnect reason = client.await_closed();
  EXPECT_TRUE(reason.kind == Kind::lost || reason.kind == Kind::connect_failed) << reason.message;
  EXPECT_NE(reason.message.find("reset"), reason.message.npos) << reason.message;
}

TEST(Dial, waits_for_the_answer_only_as_long_as_it_may) {
  expect(answered("", false, {.handshake_timeout = 50ms}), Kind::connect_timeout, {"handshake_timeout of 50 ms"});
  expect(answered("HTTP/1.1 101 Switching Protocols\r\n", false, {.handshake_timeout = 50ms}), Kind::connect_timeout,
         {"127.0.0.1:"});
}

TEST(Dial, a_port_where_nobody_listens_cannot_be_connected_to) {
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](ServedConnection&) {}).port();
  }
  Client client;
  client.open("ws://127.0.0.1:" + std::to_string(port) + "/socket/websocket");
  expect(client.await_closed(), Kind::connect_failed, {"127.0.0.1", std::to_string(port)});
}

TEST(Dial, what_cannot_be_dialed_is_reported_later_and_not_from_within) {
  const auto failed = [](const std::string& url, const SocketOptions& options = {}) {
    Client client(options);
    client.open(url);
    const Heard heard = client.next(Heard::Kind::closed);
    EXPECT_EQ(heard.message, "") << "called back from within";
    return heard.reason;
  };
  expect(failed("example.com"), Kind::connect_failed, {"scheme"});
  expect(failed("ws://example.com", {.headers = {{"Host", "other"}}}), Kind::connect_failed, {"Host"});
  expect(failed("ws://example.com", {.proxy = "socks5://proxy"}), Kind::proxy_failed, {"socks5"});
  expect(failed("wss://example.com", {.tls = {.ca_file = "/nowhere/ca.pem"}}), Kind::tls_failed, {"/nowhere/ca.pem"});
}

TEST(Dial, close_gives_up) {
  ScriptedServer server([](ServedConnection& connection) { connection.read_to_end(); });
  Client client;
  client.open(target_of(server));
  client.close(1000);
  EXPECT_EQ(client.await_closed().kind, Kind::requested);
  client.close(1000);
  EXPECT_FALSE(client.has_heard_more());
}

}  // namespace
}  // namespace suzaku::test

// A WebSocket whose reader pauses: what the server sends stays in the network.

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>

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

void resume(Client& client) {
  client.run([](client::Transport& transport) { transport.resume_reading(); });
}
void pause_at_each_message(Client& client) {
  client.within = [](Heard::Kind kind, std::unique_ptr<client::Transport>& transport) {
    if (kind == Heard::Kind::text) transport->pause_reading();
  };
}

TEST(PausedWebSocket, hands_on_no_message_that_came_with_the_last_one) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    std::string frames;
    for (const char* message : {"1", "2", "3"}) frames += ws::make_frame(ws::Opcode::text, message).view();
    websocket.raw(frames);
    websocket.next();
  });
  Client client;
  pause_at_each_message(client);
  client.open(url_of(server));
  client.await_open();
  for (const char* message : {"1", "2", "3"}) {
    EXPECT_EQ(client.next_text(), message);
    EXPECT_FALSE(client.has_heard_more());
    resume(client);
  }
}

/// The server sends more than the network holds; the client pauses at each tenth message.
void expect_all(const ScriptedServer::Script& begin, const SocketOptions& options, const std::string& scheme,
                const std::string& host) {
  constexpr int kMessages = 400;
  constexpr std::size_t kSize = 100'000;
  std::promise<void> written;
  ScriptedServer server([&](ServedConnection& connection) {
    begin(connection);
    ServedWebSocket websocket(connection);
    for (int i = 0; i < kMessages; ++i) websocket.text(std::to_string(i) + std::string(kSize, 'x'));
    written.set_value();
    websocket.next();
  });
  Client client(options);
  int heard = 0;
  client.within = [&heard](Heard::Kind kind, std::unique_ptr<client::Transport>& transport) {
    if (kind == Heard::Kind::text && ++heard % 10 == 0) transport->pause_reading();
  };
  client.open(scheme + "://" + host + ":" + std::to_string(server.port()) + "/socket/websocket");
  client.await_open();
  std::future<void> all_written = written.get_future();
  for (int i = 0; i < kMessages; ++i) {
    if (i == 10) {
      EXPECT_EQ(all_written.wait_for(0s), std::future_status::timeout) << "the server must wait";
    }
    ASSERT_EQ(client.next_text().substr(0, 4), (std::to_string(i) + "xxxx").substr(0, 4));
    if (i % 10 != 9) continue;
    EXPECT_FALSE(client.has_heard_more());
    resume(client);
  }
}

TEST(PausedWebSocket, leaves_in_the_network_what_it_does_not_read) {
  expect_all([](ServedConnection&) {}, {}, "ws", "127.0.0.1");
}

TEST(PausedWebSocket, leaves_in_the_network_what_it_does_not_read_over_tls) {
  const TemporaryFolder folder;
  const Certificate authority({.name = "CA", .is_authority = true});
  const Certificate certificate({.name = "server", .alternative_names = "DNS:localhost"}, &authority);
  authority.write(folder.file("ca.pem"), folder.file("ca.key"));
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), certificate.certificate());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key());
  expect_all([&](ServedConnection& connection) { EXPECT_TRUE(connection.accept_tls(context.get())); },
             {.tls = {.ca_file = folder.file("ca.pem")}}, "wss", "localhost");
}

TEST(PausedWebSocket, sends_and_closes_normally) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.text("1");
    websocket.text("2");
    EXPECT_EQ(websocket.next().payload, "hello");
    websocket.text("3");
    EXPECT_EQ(websocket.next().kind, Received::Kind::close);
    websocket.close(1000);
  });
  Client client(SocketOptions{.close_timeout = 1h});
  pause_at_each_message(client);
  client.open(url_of(server));
  client.await_open();
  EXPECT_EQ(client.next_text(), "1");
  client.text("hello");
  EXPECT_FALSE(client.has_heard_more());
  client.close(1000);
  EXPECT_EQ(client.next_text(), "2");
  EXPECT_EQ(client.next_text(), "3");
  EXPECT_EQ(client.await_closed().kind, Disconnect::Kind::requested);
}

TEST(PausedWebSocket, may_be_destroyed) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.text("1");
    websocket.text("2");
    websocket.next();
  });
  Client client;
  pause_at_each_message(client);
  client.open(url_of(server));
  client.await_open();
  EXPECT_EQ(client.next_text(), "1");
  client.destroy();
  EXPECT_FALSE(client.has_heard_more());
}

}  // namespace
}  // namespace suzaku::test

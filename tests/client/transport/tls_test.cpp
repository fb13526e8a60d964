// Opening a WebSocket over TLS, and the contexts that connections share.

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
using client::TlsOptions;
using Kind = Disconnect::Kind;

class SecureDial : public testing::Test {
 protected:
  SecureDial()
      : authority_({.name = "CA", .is_authority = true}),
        certificate_({.name = "server", .alternative_names = "DNS:localhost,DNS:other.example"}, &authority_),
        context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    authority_.write(folder_.file("ca.pem"), folder_.file("ca.key"));
    SSL_CTX_use_certificate(context_.get(), certificate_.certificate());
    SSL_CTX_use_PrivateKey(context_.get(), certificate_.key());
    options_.tls.ca_file = folder_.file("ca.pem");
  }

  static std::string url_of(const ScriptedServer& server, const std::string& host = "localhost") {
    return "wss://" + host + ":" + std::to_string(server.port()) + "/socket/websocket";
  }
  ScriptedServer::Script echo() {
    return [this](ServedConnection& connection) {
      if (!connection.accept_tls(context_.get())) return;
      const char* name = SSL_get_servername(connection.tls(), TLSEXT_NAMETYPE_host_name);
      ServedWebSocket websocket(connection);
      websocket.text(name ? name : "nobody");
      for (Received got = websocket.next(); got.kind == Received::Kind::text; got = websocket.next())
        websocket.text(got.payload);
    };
  }
  /// How an attempt to reach a server that does this ends.
  Disconnect failed(const ScriptedServer::Script& script, const std::string& host = "localhost") {
    ScriptedServer server(script);
    Client client(options_);
    client.open(url_of(server, host));
    return client.await_closed();
  }

  TemporaryFolder folder_;
  Certificate authority_;
  Certificate certificate_;
  std::shared_ptr<SSL_CTX> context_;
  SocketOptions options_;
};

TEST_F(SecureDial, carries_messages) {
  ScriptedServer server(echo());
  Client client(options_);
  client.open(url_of(server));
  client.await_open();
  EXPECT_EQ(client.next_text(), "localhost");
  for (const std::size_t size : {5U, 20'000U, 1'000'000U}) {
    client.text(std::string(size, 'x'));
    EXPECT_EQ(client.next_text().size(), size);
  }
}

TEST_F(SecureDial, takes_another_name_to_ask_for) {
  options_.tls.server_name = "other.example";
  ScriptedServer server(echo());
  Client client(options_);
  client.open(url_of(server, "127.0.0.1"));
  client.await_open();
  EXPECT_EQ(client.next_text(), "other.example");
}

TEST_F(SecureDial, refuses_certificates_that_it_cannot_verify) {
  expect(failed(echo(), "127.0.0.1"), Kind::tls_failed, {"127.0.0.1:", "not for 127.0.0.1"});
  options_.tls.ca_file = "";
  expect(failed(echo()), Kind::tls_failed, {"localhost:", "not trusted"});
  options_.tls.ca_file = folder_.file("ca.pem");
  options_.tls.pinned_keys = {authority_.pin()};
  expect(failed(echo()), Kind::tls_failed, {"not pinned"});
  options_.tls = {.server_name = std::string(300, 'x')};
  expect(failed([](ServedConnection& connection) { connection.read_to_end(); }), Kind::tls_failed, {"not a host name"});
}

TEST_F(SecureDial, knows_a_server_without_tls) {
  expect(failed([](ServedConnection& connection) {
           connection.read_some();
           connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
           connection.read_to_end();
         }),
         Kind::tls_failed, {"does not speak TLS"});
  expect(failed([](ServedConnection& connection) { connection.read_some(); }), Kind::tls_failed,
         {"localhost:", "does this port speak TLS?"});
}

TEST_F(SecureDial, waits_for_the_handshake_only_as_long_as_it_may) {
  options_.tls_timeout = 50ms;
  expect(failed([](ServedConnection& connection) { connection.read_to_end(); }), Kind::connect_timeout,
         {"localhost:", "tls_timeout of 50 ms"});
}

TEST_F(SecureDial, a_plain_client_learns_that_it_should_use_tls) {
  ScriptedServer server(echo());
  Client client;
  client.open("ws://localhost:" + std::to_string(server.port()) + "/socket/websocket");
  const Disconnect reason = client.await_closed();
  EXPECT_NE(reason.message.find("wss"), reason.message.npos) << reason.message;
}

TEST_F(SecureDial, closes_in_good_order) {
  std::promise<bool> shut;
  ScriptedServer server([&](ServedConnection& connection) {
    if (!connection.accept_tls(context_.get())) return;
    ServedWebSocket websocket(connection);
    const Received got = websocket.next();
    websocket.close(got.close_code);
    connection.read_to_end();
    shut.set_value((SSL_get_shutdown(connection.tls()) & SSL_RECEIVED_SHUTDOWN) != 0);
  });
  Client client(options_);
  client.open(url_of(server));
  client.await_open();
  client.close(1'000);
  EXPECT_EQ(client.await_closed().kind, Kind::requested);
  EXPECT_TRUE(shut.get_future().get());
}

TEST_F(SecureDial, equal_options_share_a_context) {
  client::transport::TlsContexts contexts;
  const auto first = contexts.get(options_.tls).value();
  EXPECT_EQ(contexts.get(options_.tls).value(), first);
  TlsOptions other = options_.tls;
  other.server_name = "other.example";
  EXPECT_EQ(contexts.get(other).value(), first) << "the name is not the context's";
  other.verify = false;
  EXPECT_NE(contexts.get(other).value(), first);
  EXPECT_EQ(contexts.get(options_.tls).value(), first);
  EXPECT_EQ(contexts.size(), 2U);
}

TEST_F(SecureDial, files_that_have_changed_are_read_again) {
  client::transport::TlsContexts contexts;
  const auto first = contexts.get(options_.tls).value();
  std::filesystem::last_write_time(options_.tls.ca_file, std::filesystem::file_time_type::clock::now() + 1h);
  EXPECT_NE(contexts.get(options_.tls).value(), first);
  std::filesystem::remove(options_.tls.ca_file);
  const auto gone = contexts.get(options_.tls);
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().message.find("ca.pem"), std::string::npos);
}

TEST_F(SecureDial, contexts_that_were_not_used_for_long_are_forgotten) {
  client::transport::TlsContexts contexts;
  const auto first = contexts.get(options_.tls).value();
  TlsOptions other = options_.tls;
  for (std::size_t i = 0; i < 2 * client::transport::TlsContexts::kMost; ++i) {
    other.pinned_keys.push_back(authority_.pin());
    EXPECT_TRUE(contexts.get(other));
    EXPECT_EQ(contexts.get(options_.tls).value(), first);
  }
  EXPECT_EQ(contexts.size(), client::transport::TlsContexts::kMost);
}

}  // namespace
}  // namespace suzaku::test

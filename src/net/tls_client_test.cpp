// TLS from the client's side, against a server that is OpenSSL alone.

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "net/talker.hpp"
#include "net/tls.hpp"
#include "support/certificates.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::net {
namespace {

using namespace std::chrono_literals;
using suzaku::test::Certificate;
using suzaku::test::CertificateSpec;
using suzaku::test::ScriptedServer;
using suzaku::test::ServedConnection;
using suzaku::test::TemporaryFolder;
using test::Talker;
using test::Told;

class TlsClientTest : public ::testing::Test {
 protected:
  TlsClientTest() : authority_({.name = "Test CA", .is_authority = true}) {
    authority_.write(file("ca.pem"), file("ca.key"));
    options_.ca_file = file("ca.pem");
  }

  std::string file(const std::string& name) const { return folder_.file(name); }

  static std::shared_ptr<SSL_CTX> serve_with(const Certificate& certificate) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), certificate.certificate());
    SSL_CTX_use_PrivateKey(context.get(), certificate.key());
    return context;
  }
  /// By default one that the client trusts, for localhost.
  Certificate issued(const CertificateSpec& spec = {.name = "server",
                                                    .alternative_names = "DNS:localhost,IP:127.0.0.1"}) {
    return Certificate(spec, &authority_);
  }

  /// Says hello to a server over TLS, as `host`; returns what the client was told up to the answer or the end.
  Told talk(const std::shared_ptr<SSL_CTX>& context, const std::string& host = "localhost") {
    ScriptedServer server([&](ServedConnection& client) {
      if (!client.accept_tls(context.get())) return;
      const char* name = SSL_get_servername(client.tls(), TLSEXT_NAMETYPE_host_name);
      const std::string hello = client.read_until("\n");
      if (hello.empty()) return;
      got_ = hello;
      client.write(std::string(SSL_get_version(client.tls())) + " for " + (name ? name : "nobody") + "\n");
      client.read_to_end();
    });
    return talk_to(server, host);
  }
  Told talk_to(ScriptedServer& server, const std::string& host = "localhost") {
    const auto context = TlsContext::for_client(options_);
    if (!context) throw std::runtime_error(context.error().message);
    Talker talker(server.port());
    talker.run([&](Connection& connection) {
      connection.start_tls(std::make_unique<TlsSession>(*context, host));
      connection.send(SharedBytes::copy("hello\n"));
    });
    return talker.await_text("\n");
  }

  /// Expects the handshake to fail for a reason with all these words in it.
  static void expect_failure(const Told& told, const std::vector<std::string>& words) {
    ASSERT_TRUE(told.failure) << "received: " << told.received;
    EXPECT_TRUE(told.failure->is_tls);
    EXPECT_EQ(told.received, "");
    for (const std::string& word : words)
      EXPECT_NE(told.failure->text.find(word), std::string::npos) << "no \"" << word << "\" in: " << told.failure->text;
  }
  void expect_no_hello() const { EXPECT_EQ(got_, "") << "words for a server that was not the right one"; }
  static void only(const std::shared_ptr<SSL_CTX>& context, int version) {
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
  }

  TemporaryFolder folder_;
  Certificate authority_;
  TlsClientOptions options_;
  std::string got_;  // what the last server was told; read after it has ended
};

TEST_F(TlsClientTest, talks_over_both_versions_and_names_the_server) {
  for (const auto& [version, name] : {std::pair{TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}}) {
    const auto context = serve_with(issued());
    only(context, version);
    const Told told = talk(context);
    EXPECT_TRUE(told.secured);
    EXPECT_EQ(told.received, std::string(name) + " for localhost\n");
    EXPECT_EQ(got_, "hello\n");
  }
}

TEST_F(TlsClientTest, an_address_is_verified_too_and_is_not_sent_as_a_name) {
  EXPECT_EQ(talk(serve_with(issued()), "127.0.0.1").received, "TLSv1.3 for nobody\n");
  const auto six = serve_with(issued({.name = "server", .alternative_names = "IP:::1"}));
  EXPECT_EQ(talk(six, "::1").received, "TLSv1.3 for nobody\n");
  EXPECT_EQ(talk(six, "::1%lo").received, "TLSv1.3 for nobody\n");
}

TEST_F(TlsClientTest, the_dot_of_the_dns_root_is_no_part_of_the_name) {
  EXPECT_EQ(talk(serve_with(issued()), "localhost.").received, "TLSv1.3 for localhost\n");
}

TEST_F(TlsClientTest, asks_for_http_1_1) {
  std::string offered;
  const auto context = serve_with(issued());
  SSL_CTX_set_alpn_select_cb(
      context.get(),
      [](SSL*, const unsigned char**, unsigned char*, const unsigned char* names, unsigned size, void* out) {
        static_cast<std::string*>(out)->assign(reinterpret_cast<const char*>(names), size);
        return SSL_TLSEXT_ERR_NOACK;
      },
      &offered);
  talk(context);
  EXPECT_EQ(offered, "\x08http/1.1");
}

TEST_F(TlsClientTest, refuses_a_certificate_for_another_host_and_names_both) {
  const auto context =
      serve_with(issued({.name = "x", .alternative_names = "DNS:a.example,DNS:b.example,IP:10.0.0.1"}));
  expect_failure(talk(context, "c.example"), {"is for a.example, b.example, 10.0.0.1, not for c.example"});
  expect_failure(talk(context, "127.0.0.1"), {"10.0.0.1, not for 127.0.0.1"});
  expect_no_hello();
}

TEST_F(TlsClientTest, shows_no_more_names_than_can_be_read_and_no_control_characters) {
  std::string names = "DNS:a\x1b[1m";
  for (int i = 0; i < 50; ++i) names += ",DNS:host" + std::to_string(i) + ".example";
  const Told told = talk(serve_with(issued({.name = "x", .alternative_names = names})));
  expect_failure(told, {"a\\u001b[1m, host0.example, host1.example, host2.example, host3.example and 46 more"});
}

TEST_F(TlsClientTest, a_wildcard_stands_for_one_whole_label) {
  const auto whole = serve_with(issued({.name = "x", .alternative_names = "DNS:*.example.org"}));
  EXPECT_TRUE(talk(whole, "a.example.org").secured);
  EXPECT_FALSE(talk(whole, "a.b.example.org").secured);
  const auto part = serve_with(issued({.name = "x", .alternative_names = "DNS:a*.example.org"}));
  EXPECT_FALSE(talk(part, "ab.example.org").secured);
}

TEST_F(TlsClientTest, refuses_a_certificate_outside_its_time) {
  CertificateSpec spec{.name = "x", .alternative_names = "DNS:localhost", .valid_from = -48h, .valid_until = -24h};
  expect_failure(talk(serve_with(issued(spec))), {"of localhost expired on 20", "clock"});
  spec.valid_from = 24h;
  spec.valid_until = 48h;
  expect_failure(talk(serve_with(issued(spec))), {"of localhost is not valid before 20", "clock"});
  expect_no_hello();
}

TEST_F(TlsClientTest, tells_when_it_is_the_authority_whose_time_is_over) {
  authority_ = Certificate({.name = "Old CA", .is_authority = true, .valid_from = -48h, .valid_until = -24h});
  authority_.write(file("ca.pem"), file("ca.key"));
  expect_failure(talk(serve_with(issued())), {"authority whose own certificate has expired"});
}

TEST_F(TlsClientTest, refuses_an_unknown_authority_and_tells_how_to_trust_it) {
  options_.ca_file.clear();
  expect_failure(talk(serve_with(issued())), {"authority that is not trusted here", "ca_file"});
  const Certificate other({.name = "Other CA", .is_authority = true});
  other.write(file("other.pem"), file("other.key"));
  options_.ca_file = file("other.pem");
  expect_failure(talk(serve_with(issued())), {"authority that is not trusted here", "ca_file"});
  expect_no_hello();
}

TEST_F(TlsClientTest, refuses_a_self_signed_certificate_unless_it_was_given) {
  const Certificate own({.name = "own", .alternative_names = "DNS:localhost"});
  expect_failure(talk(serve_with(own)), {"is self-signed", "ca_file"});
  expect_no_hello();
  own.write(file("own.pem"), file("own.key"));
  options_.ca_file = file("own.pem");
  EXPECT_TRUE(talk(serve_with(own)).secured);
}

TEST_F(TlsClientTest, takes_anything_when_told_not_to_verify) {
  options_ = {.verify = false};
  EXPECT_TRUE(talk(serve_with(Certificate({.name = "x", .valid_from = -48h, .valid_until = -24h}))).secured);
  EXPECT_EQ(got_, "hello\n");
}

TEST_F(TlsClientTest, a_pinned_key_must_be_shown) {
  const Certificate right = issued();
  const Certificate wrong = issued();
  options_.pinned_keys = {right.pin(), authority_.pin()};
  for (const bool verify : {true, false}) {
    options_.verify = verify;
    EXPECT_TRUE(talk(serve_with(right)).secured);
    EXPECT_EQ(std::exchange(got_, {}), "hello\n");
    const Told told = talk(serve_with(wrong));
    EXPECT_FALSE(told.secured);
    expect_failure(told, {wrong.pin(), "not pinned", "pinned_keys"});
    expect_no_hello();
  }
}

TEST_F(TlsClientTest, a_pin_does_not_replace_the_verification) {
  const Certificate own({.name = "own", .alternative_names = "DNS:localhost"});
  options_.pinned_keys = {own.pin()};
  expect_failure(talk(serve_with(own)), {"self-signed"});
}

TEST_F(TlsClientTest, shows_a_client_certificate_when_the_server_asks) {
  issued({.name = "client"}).write(file("client.pem"), file("client.key"));
  options_.certificate_file = file("client.pem");
  options_.key_file = file("client.key");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto context = serve_with(issued());
    only(context, version);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_load_verify_file(context.get(), file("ca.pem").c_str());
    EXPECT_TRUE(talk(context).secured);
    EXPECT_EQ(std::exchange(got_, {}), "hello\n");
  }
}

/// The server's answer to what we show comes after our side of a TLS 1.3 handshake, so we say nothing before it.
class ClientCertificateTest : public TlsClientTest, public ::testing::WithParamInterface<int> {
 protected:
  Told listen() {
    const auto context = serve_with(issued());
    only(context, GetParam());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_load_verify_file(context.get(), file("ca.pem").c_str());
    ScriptedServer server([&](ServedConnection& client) { client.accept_tls(context.get()); });
    Talker talker(server.port());
    talker.start_tls(TlsContext::for_client(options_).value(), "localhost");
    return talker.await_end();
  }
};

TEST_P(ClientCertificateTest, tells_when_the_server_wants_one) {
  expect_failure(listen(), {"localhost wants a client certificate", "certificate_file", "key_file"});
}

TEST_P(ClientCertificateTest, tells_when_the_server_does_not_accept_ours) {
  Certificate({.name = "client"}).write(file("client.pem"), file("client.key"));
  options_.certificate_file = file("client.pem");
  options_.key_file = file("client.key");
  expect_failure(listen(), {"does not accept our client certificate", "unknown ca", "certificate_file"});
}

INSTANTIATE_TEST_SUITE_P(Versions, ClientCertificateTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST_F(TlsClientTest, refuses_old_versions) {
  const auto context = serve_with(issued());
  SSL_CTX_set_cipher_list(context.get(), "DEFAULT:@SECLEVEL=0");
  only(context, TLS1_1_VERSION);
  expect_failure(talk(context), {"localhost does not speak TLS 1.2 or 1.3"});
}

TEST_F(TlsClientTest, tells_when_the_other_side_does_not_speak_tls) {
  for (const std::string& answer : {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string("SSH-2.0-OpenSSH\r\n"),
                                    std::string(100, 'x'), std::string(100, '\0')}) {
    ScriptedServer server([&](ServedConnection& client) {
      client.read_some();
      client.write(answer);
      client.read_to_end();
    });
    expect_failure(talk_to(server), {"does not speak TLS", "port"});
  }
}

TEST_F(TlsClientTest, tells_when_the_other_side_hangs_up_in_the_handshake) {
  ScriptedServer server([](ServedConnection& client) { client.read_some(); });
  const Told told = talk_to(server);
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->text,
            "the other side closed the connection during the TLS handshake; does this port speak TLS?");
  EXPECT_FALSE(told.failure->is_tls);
}

TEST_F(TlsClientTest, an_end_after_the_handshake_is_no_failure) {
  const auto context = serve_with(issued());
  for (const bool says_so : {true, false}) {
    ScriptedServer server([&](ServedConnection& client) {
      if (!client.accept_tls(context.get())) return;
      client.read_until("\n");
      if (says_so) SSL_shutdown(client.tls());
    });
    const Told told = talk_to(server);
    EXPECT_TRUE(told.secured);
    EXPECT_FALSE(told.failure);
  }
}

}  // namespace
}  // namespace suzaku::net

// Whom the client trusts over wss://, and what it says when it does not.
#include "support/certificates.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "real.hpp"
#include "served_phoenix.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

using test::Certificate;
using test::CertificateSpec;

/// A server with a certificate, and a client that trusts an authority.
struct CertificateCase {
  const char* name;
  CertificateSpec certificate = {.name = "server", .alternative_names = "DNS:localhost"};
  bool is_trusted_authority = true;  // that has issued it
  enum class Pin { none, right, wrong } pin = Pin::none;
  std::vector<std::string> words = {};  // of the failure; without any it is none
};

const std::vector<CertificateCase> kCases = {
    {.name = "good"},
    {.name = "pinned", .pin = CertificateCase::Pin::right},
    {.name = "expired",
     .certificate = {.name = "server", .alternative_names = "DNS:localhost", .valid_from = -48h, .valid_until = -24h},
     .words = {"localhost", "expired on 20", "the server needs a new one", "clock of this machine"}},
    {.name = "not_yet_valid",
     .certificate = {.name = "server", .alternative_names = "DNS:localhost", .valid_from = 24h, .valid_until = 48h},
     .words = {"localhost", "not valid before 20", "check the clock"}},
    {.name = "wrong_host",
     .certificate = {.name = "server", .alternative_names = "DNS:other.example"},
     .words = {"is for other.example, not for localhost", "connect by a name that it has"}},
    {.name = "unknown_authority",
     .is_trusted_authority = false,
     .words = {"localhost", "authority that is not trusted here", "ca_file"}},
    {.name = "other_key_than_pinned",
     .pin = CertificateCase::Pin::wrong,
     .words = {"localhost", "not pinned", "pinned_keys"}},
};

class Certificates : public testing::TestWithParam<CertificateCase> {
 protected:
  static std::shared_ptr<SSL_CTX> serve_with(const Certificate& certificate) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), certificate.certificate());
    SSL_CTX_use_PrivateKey(context.get(), certificate.key());
    return context;
  }
};

TEST_P(Certificates, are_trusted_or_refused_with_words_that_help) {
  const CertificateCase& given = GetParam();
  const Certificate trusted({.name = "CA", .is_authority = true});
  const Certificate other({.name = "Other CA", .is_authority = true});
  const Certificate certificate(given.certificate, given.is_trusted_authority ? &trusted : &other);
  const auto context = serve_with(certificate);
  test::ScriptedServer server([&](test::ServedConnection& connection) {
    if (connection.accept_tls(context.get())) ServedPhoenix(connection).answer_all();
  });
  const test::TemporaryFolder folder;
  trusted.write(folder.file("ca.pem"), folder.file("ca.key"));
  SocketOptions options = quick_options();
  options.tls.ca_file = folder.file("ca.pem");
  if (given.pin != CertificateCase::Pin::none)
    options.tls.pinned_keys = {given.pin == CertificateCase::Pin::right ? certificate.pin() : other.pin()};
  options.reconnect.backoff = ListBackoff{.delays = {kNever}};

  test::Inbox<Disconnect> failures;
  Socket socket("wss://localhost:" + std::to_string(server.port()) + "/socket", options);
  socket.on_reconnect([&](const Socket::Reconnecting& next) { failures.add(next.reason); });
  const Push connect = socket.connect();
  if (given.words.empty()) {
    ok(connect);
    ok(socket.channel("room:1").join());
    return;
  }
  const Disconnect failure = failures.next();
  EXPECT_EQ(failure.kind, Disconnect::Kind::tls_failed);
  for (const std::string& words : given.words)
    EXPECT_NE(failure.message.find(words), std::string::npos) << "no \"" << words << "\" in: " << failure.message;
  EXPECT_EQ(socket.metrics().connects, 0U);
}

INSTANTIATE_TEST_SUITE_P(Over, Certificates, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace suzaku::client::real

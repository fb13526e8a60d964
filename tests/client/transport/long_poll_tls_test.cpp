// Long poll over TLS.
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "long_poll.hpp"
#include "support/certificates.hpp"

namespace suzaku::test {
namespace {

std::shared_ptr<SSL_CTX> server_tls(const Certificate& certificate) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), certificate.certificate());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key());
  return context;
}

TEST(LongPollTls, polls_and_sends_over_tls) {
  const Certificate authority({.name = "Authority", .is_authority = true});
  const Certificate certificate({.name = "server", .alternative_names = "IP:127.0.0.1"}, &authority);
  const TemporaryFolder folder;
  authority.write(folder.file("ca.pem"), folder.file("ca.key"));
  LongPollServer server(server_tls(certificate));
  const std::string url = "wss://127.0.0.1:" + std::to_string(server.port()) + "/socket/longpoll";
  {
    Client client(client::SocketOptions{.tls = {.ca_file = folder.file("ca.pem")}}, long_poll());
    client.open(url);
    server.next_poll().open();
    client.await_open();
    client.text("[1]");
    LongPollRequest post = server.next_post();
    EXPECT_EQ(post.body, "[1]");
    post.ok();
    server.next_poll().messages({R"("[2]")"});
    EXPECT_EQ(client.next_text(), "[2]");
  }
  Client stranger({}, long_poll());
  stranger.open(url);
  EXPECT_EQ(stranger.await_closed().kind, client::Disconnect::Kind::tls_failed);
}

}  // namespace
}  // namespace suzaku::test

// The client's transport and our own server.

#include <memory>
#include <stdexcept>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <suzaku/server.hpp>

#include "client.hpp"
#include "support/certificates.hpp"

namespace suzaku::test {
namespace {

using client::Disconnect;
using client::SocketOptions;
using Kind = Disconnect::Kind;

/// Accepts the token "let me in?" only.
class Door : public server::UserSocket {
  server::ConnectResult connect(const server::ConnectInfo& info) override {
    return info.auth_token == "let me in?" ? accept() : refuse(403, "wrong token");
  }
};

/// Sends back what it gets.
class Echo : public server::Channel {
  JoinResult join(std::string_view, const Payload&) override { return ok(); }
  HandleResult handle_in(std::string_view, const Payload& payload) override { return reply_ok(payload); }
};

class OwnServer : public testing::Test {
 protected:
  void serve(server::EndpointOptions options = {}) {
    options.host = "127.0.0.1";
    options.port = 0;
    options.loops = 1;
    endpoint_ = std::make_unique<server::Endpoint>(options);
    endpoint_->socket("/socket", {.compress = true}).channel<Echo>("room:*");
    endpoint_->socket<Door>("/door", {.auth_token = true}).channel<Echo>("room:*");
    if (const auto started = endpoint_->start(); !started) throw std::runtime_error(started.error().message);
  }
  std::string url(const std::string& path, const std::string& scheme = "ws") const {
    return scheme + "://127.0.0.1:" + std::to_string(endpoint_->port()) + path + "?vsn=2.0.0";
  }
  /// Joins a room and pushes these payloads; the replies must bring them back.
  static void talk(Client& client, const std::vector<std::string>& payloads) {
    client.await_open();
    client.text(R"(["1","1","room:a","phx_join",{}])");
    EXPECT_EQ(boost::json::parse(client.next_text()).at(4).at("status"), "ok");
    for (const std::string& payload : payloads) {
      client.text(R"(["1","2","room:a","echo",)" + payload + "]");
      EXPECT_EQ(boost::json::parse(client.next_text()).at(4).at("response"), boost::json::parse(payload));
    }
  }

  std::unique_ptr<server::Endpoint> endpoint_;
};

TEST_F(OwnServer, is_understood) {
  serve();
  Client client;
  client.open(url("/socket/websocket"));
  talk(client, {"{}", R"({"a":"é"})", R"({"a":")" + std::string(500'000, 'x') + "\"}"});
  client.close(1'000);
  EXPECT_EQ(client.await_closed().kind, Kind::requested);
}

TEST_F(OwnServer, is_understood_when_compressing) {
  serve();
  Client client(SocketOptions{.compress = true});
  client.open(url("/socket/websocket"));
  talk(client, {"{}", R"({"a":")" + std::string(500'000, 'x') + "\"}"});
}

TEST_F(OwnServer, is_understood_over_tls) {
  const TemporaryFolder folder;
  const Certificate certificate({.name = "server", .alternative_names = "IP:127.0.0.1"});
  certificate.write(folder.file("server.pem"), folder.file("server.key"));
  server::EndpointOptions options;
  options.tls = {.certificate_file = folder.file("server.pem"), .key_file = folder.file("server.key")};
  serve(options);
  Client client(SocketOptions{.tls = {.ca_file = folder.file("server.pem")}});
  client.open(url("/socket/websocket", "wss"));
  talk(client, {"{}", R"({"a":")" + std::string(500'000, 'x') + "\"}"});
}

TEST_F(OwnServer, takes_the_token_as_phoenix_does) {
  serve();
  Client client;
  client.open(url("/door/websocket"), "let me in?");
  talk(client, {"{}"});

  Client stranger;
  stranger.open(url("/door/websocket"), "please");
  const Disconnect reason = stranger.await_closed();
  EXPECT_EQ(reason.kind, Kind::refused);
  EXPECT_EQ(reason.http_status, 403);
  EXPECT_NE(reason.message.find("wrong token"), reason.message.npos) << reason.message;
}

TEST_F(OwnServer, does_not_mind_a_token_that_it_did_not_ask_for) {
  serve();
  Client client;
  client.open(url("/socket/websocket"), "unasked");
  talk(client, {"{}"});
}

TEST_F(OwnServer, refuses_a_path_that_is_no_mount) {
  serve();
  Client client;
  client.open(url("/socket"));
  const Disconnect reason = client.await_closed();
  EXPECT_EQ(reason.http_status, 404);
  EXPECT_NE(reason.message.find("/socket;"), reason.message.npos) << reason.message;
}

TEST_F(OwnServer, that_drains_closes_with_1012) {
  serve();
  Client client;
  client.open(url("/socket/websocket"));
  talk(client, {});
  endpoint_->drain();
  const Disconnect reason = client.await_closed();
  EXPECT_EQ(reason.kind, Kind::closed);
  EXPECT_EQ(reason.code, 1'012);
}

TEST_F(OwnServer, closes_on_a_message_that_is_too_big) {
  serve();
  Client client;
  client.open(url("/socket/websocket"));
  client.await_open();
  client.text(std::string(11'000'000, 'x'));
  while (true) {
    const Heard heard = client.next();
    if (heard.kind == Heard::Kind::drained) continue;
    ASSERT_EQ(heard.kind, Heard::Kind::closed);
    EXPECT_EQ(heard.reason.code, 1'009) << heard.reason.message;
    break;
  }
}

}  // namespace
}  // namespace suzaku::test

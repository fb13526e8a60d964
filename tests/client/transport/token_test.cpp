// The token of the upgrade, from our client to our server.

#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <suzaku/server.hpp>

#include "client.hpp"

namespace suzaku::test {
namespace {

/// Writes the tokens down.
class Guest : public server::UserSocket {
 public:
  explicit Guest(Inbox<std::string>& tokens) : tokens_(tokens) {}

 private:
  server::ConnectResult connect(const server::ConnectInfo& info) override {
    tokens_.add(info.auth_token.value_or(""));
    return accept();
  }

  Inbox<std::string>& tokens_;
};

TEST(AuthToken, arrives_whatever_its_base64_looks_like) {
  Inbox<std::string> tokens;
  server::Endpoint endpoint({.host = "127.0.0.1", .port = 0, .loops = 1});
  endpoint.socket("/socket", [&tokens] { return std::make_unique<Guest>(tokens); }, {.auth_token = true});
  if (const auto started = endpoint.start(); !started) throw std::runtime_error(started.error().message);
  for (const std::string token : {"a", "ab", "abc", "???", "~~~", ">>>?", "é", "a/b+c=d"}) {  // "Pz8/", "fn5+", ...
    Client client;
    client.open("ws://127.0.0.1:" + std::to_string(endpoint.port()) + "/socket/websocket?vsn=2.0.0", token);
    client.await_open();
    EXPECT_EQ(tokens.next(), token);
  }
}

}  // namespace
}  // namespace suzaku::test

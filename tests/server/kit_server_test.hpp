#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/server_testing.hpp>

#include "server_test.hpp"

namespace suzaku::test {

/// A client of a server without a network, that says what it is told to as WebSocketClient does.
class KitClient {
 public:
  KitClient(server_testing::Server& server, const std::string& path)
      : client_(server.connect({.path = path, .vsn = 2})) {}

  void text(std::string_view message) { client_.send_text(message); }
  /// Refs are strings, or "null".
  void push(std::string_view join_ref, std::string_view ref, std::string_view topic, std::string_view event,
            std::string_view payload = "{}") {
    const auto json = [](std::string_view word) {
      return word == "null" ? std::string(word) : '"' + std::string(word) + '"';
    };
    text("[" + json(join_ref) + "," + json(ref) + ",\"" + std::string(topic) + "\",\"" + std::string(event) + "\"," +
         std::string(payload) + "]");
  }
  /// Joins with ref and join_ref "1" and takes the ok reply.
  void join(std::string_view topic) {
    push("1", "1", topic, "phx_join");
    if (next_text().find(R"("status":"ok")") == std::string::npos) throw std::runtime_error("the join was refused");
  }
  std::string next_text() { return client_.expect_frame(); }
  std::uint16_t next_close() { return client_.expect_close(); }
  void close() { client_.close(); }
  void expect_nothing() { client_.expect_nothing(); }

 private:
  server_testing::Client client_;
};

inline Json next_json(KitClient& client) {
  return json(client.next_text());
}
inline void expect_nothing_waits(KitClient& client) {
  client.expect_nothing();
}

/// ServerTest without a network, in virtual time: for what a socket would add nothing to.
class KitServerTest : public testing::Test {
 protected:
  void serve(const std::function<void(server::Endpoint&)>& more = {}) {
    server_.emplace(endpoint_options);
    endpoint().socket("/socket", socket_factory, socket_options).channel("room:*", follow(script), channel_options);
    if (more) more(endpoint());
  }
  server::Endpoint& endpoint() { return server_->endpoint(); }
  void advance(std::chrono::nanoseconds time) { server_->advance(time); }
  KitClient connect(const std::string& path = "/socket/websocket") { return KitClient(*server_, path); }
  /// A client that has joined.
  KitClient joined(std::string_view topic) {
    KitClient client = connect();
    client.join(topic);
    return client;
  }
  void TearDown() override { server_.reset(); }

  Notes notes;
  Script script;
  server::EndpointOptions endpoint_options;
  server::SocketOptions socket_options;
  server::SocketFactory socket_factory = [] { return std::make_unique<server::UserSocket>(); };
  server::ChannelOptions channel_options;

 private:
  std::optional<server_testing::Server> server_;
};

}  // namespace suzaku::test

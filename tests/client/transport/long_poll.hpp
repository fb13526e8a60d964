#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "client.hpp"
#include "client/transport/long_poll_transport.hpp"
#include "long_poll_server.hpp"

namespace suzaku::test {

inline Client::Open long_poll(const client::transport::LongPoll::Times& times = {}) {
  return [times](client::transport::Shared& shared, client::Target target, const client::SocketOptions& options,
                 client::Transport::Handler& handler) {
    target.kind = client::TransportKind::long_poll;
    return client::transport::open_long_poll(shared, target, options, handler, times);
  };
}

/// A server for long polls, and a client for it.
class LongPollTest : public ::testing::Test {
 protected:
  std::string url(const std::string& scheme = "ws") const {
    return scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/socket/longpoll?vsn=2.0.0";
  }
  /// Opens a session; the second poll waits in `poll`.
  void open(Client& client, const std::string& auth_token = {}) {
    client.open(url(), auth_token);
    server.next_poll().open();
    client.await_open();
    poll.emplace(server.next_poll());
  }
  /// Sends messages in one turn of the loop.
  static void send(Client& client, const std::vector<std::string>& messages) {
    client.run([&](client::Transport& transport) {
      for (const std::string& message : messages) transport.send(protocol::FrameType::text, message);
    });
  }
  static void expect(const client::Disconnect& reason, client::Disconnect::Kind kind,
                     const std::vector<std::string>& words = {}) {
    EXPECT_EQ(reason.kind, kind) << static_cast<int>(reason.kind) << ": " << reason.message;
    for (const std::string& word : words)
      EXPECT_NE(reason.message.find(word), std::string::npos) << "no \"" << word << "\" in: " << reason.message;
  }

  LongPollServer server;
  std::optional<LongPollRequest> poll;
};

}  // namespace suzaku::test

#pragma once

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/client/socket.hpp>
#include <suzaku/client/testing.hpp>

namespace suzaku::client {

using namespace std::chrono_literals;

/// A client, and the server that the test plays for it.
class ClientTest : public ::testing::Test {
 protected:
  testing::Connection connect() {
    socket.connect();
    return server.accept();
  }
  Channel joined(const testing::Connection& connection, std::string_view topic = "room:1") {
    Channel channel = socket.channel(topic);
    channel.join();
    connection.expect_join(topic).reply_ok();
    return channel;
  }

  testing::Server server;
  Socket socket{"ws://test/socket", server.options()};
};

/// Retries after exactly these times, so that tests can tell them apart.
inline ListBackoff after(std::vector<std::chrono::milliseconds> delays) {
  return {.delays = std::move(delays), .jitter = 0};
}

}  // namespace suzaku::client

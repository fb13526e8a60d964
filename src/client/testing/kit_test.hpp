#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <suzaku/client/socket.hpp>
#include <suzaku/client/testing.hpp>

namespace suzaku::client {

using namespace std::chrono_literals;

/// What a call fails with; "" when it does not.
template <class F>
std::string failure_of(const F& call) {
  try {
    call();
  } catch (const testing::Failure& failure) {
    return failure.what();
  }
  return {};
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

class KitTest : public ::testing::Test {
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

}  // namespace suzaku::client

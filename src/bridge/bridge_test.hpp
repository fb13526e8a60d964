#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/bridge.hpp>
#include <suzaku/client/testing.hpp>

namespace suzaku::bridge {

using namespace std::chrono_literals;
namespace kit = client::testing;
using client::Outcome;
using signals::Restart;

/// Connections, the server that the test plays for them, and all signals that come of it.
class BridgeTest : public ::testing::Test {
 protected:
  ConnectionOptions options(std::string name = "backend") const {
    ConnectionOptions options{.name = std::move(name), .uri = "ws://test/socket"};
    options.socket.runtime = server.runtime();
    return options;
  }
  /// Connected, and with these channels joined.
  kit::Connection accept(const std::vector<std::string>& topics = {}) {
    const kit::Connection connection = server.accept();
    for (const auto& topic : topics) connection.expect_join(topic).reply_ok();
    return connection;
  }

  /// The signals since the last call.
  std::vector<signals::SignalPtr> signals() {
    server.run();
    std::vector<signals::SignalPtr> taken;
    while (auto signal = all.take()) taken.push_back(std::move(signal));
    return taken;
  }
  /// Their types, without "suzaku.".
  std::vector<std::string> types() {
    std::vector<std::string> types;
    for (const auto& signal : signals()) types.push_back(signal->type.substr(std::string_view("suzaku.").size()));
    return types;
  }
  static std::string_view reason_of(const signals::Signal& signal) {
    return signal.data.json().at("reason").as_string();
  }

  kit::Server server;
  signals::SignalBus bus;
  signals::Subscription all = bus.subscribe_type("**");
};

using Types = std::vector<std::string>;

}  // namespace suzaku::bridge

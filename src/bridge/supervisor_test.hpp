#pragma once

#include <string>
#include <utility>

#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {

/// A supervisor whose connections the test plays the server for.
class SupervisorTest : public BridgeTest {
 protected:
  /// As options(), but the supervisor knows the runtime.
  static ConnectionOptions options(std::string name = "backend", Restart restart = Restart::temporary) {
    ConnectionOptions options{.name = std::move(name), .uri = "ws://test/socket"};
    options.restart.restart = restart;
    return options;
  }
  void start(const ConnectionOptions& options) {
    const auto started = supervisor.start_connection(options);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server.run();
  }
  /// Ends a temporary connection at once.
  void refuse() { server.next_attempt().refuse(403); }

  ConnectionSupervisor supervisor{bus, {.runtime = server.runtime()}};
};

}  // namespace suzaku::bridge

#pragma once

#include <cstddef>
#include <string>

#include "support/scripted_server.hpp"

namespace suzaku::test {

/// A Phoenix that answers everything up to the first heartbeat. Then it sends one long message, part after part as fast
/// as the client takes them, so that nothing can be answered though the connection lives. After this number of
/// heartbeats the message ends, and from the next one on everything is answered again.
class FallingSilent {
 public:
  explicit FallingSilent(std::size_t heartbeats);
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(server_.port()) + "/socket"; }

 private:
  ScriptedServer server_;
};

}  // namespace suzaku::test

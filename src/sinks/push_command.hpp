#pragma once

#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::sinks {

/// An event that is to be pushed to a channel of a connection.
struct PushCommand {
  std::string connection;
  std::string topic;
  std::string event;
  Payload payload = {};
};

/// Reads {"push": {"connection": ..., "topic": ..., "event": ..., "payload": ...}}, in which the payload is any JSON,
/// or absent. Fails with what was found and what was expected.
Result<PushCommand> parse_push_command(std::string_view line);

}  // namespace suzaku::sinks

#pragma once

#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::sinks {

/// An event to push to a channel of a connection.
struct PushCommand {
  std::string connection;
  std::string topic;
  std::string event;
  Payload payload = {};
};

/// Reads {"push": {"connection": ..., "topic": ..., "event": ..., "payload": ...}}, where the payload is any JSON,
/// or absent. Fails with the text that was found and the text that was expected.
Result<PushCommand> parse_push_command(std::string_view line);

}  // namespace suzaku::sinks

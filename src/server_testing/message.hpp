#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>

#include "protocol/message.hpp"

namespace suzaku::server_testing {

/// A message of the server's, as a client reads it. Refs are the strings that the kit sends; "" for null.
struct Message {
  std::string join_ref = {};
  std::string ref = {};
  std::string topic = {};
  std::string event = {};
  std::string status = {};  // of a reply
  Payload payload = {};
  std::string raw = {};  // as it came
};

/// Throws std::logic_error for what no client could read.
Message read_message(protocol::Version version, bool is_binary, std::string bytes);
/// A message in the serializer's form; binary frames for bytes.
std::string write_message(protocol::Version version, const Message& message);

/// Whether all members that are asked for are there, at any depth; bytes and arrays must be equal.
bool matches(const Payload& payload, const Payload& asked);
/// "a push of "shout" on "room:1" with {...}" for failures.
std::string with(const Payload& payload);

}  // namespace suzaku::server_testing

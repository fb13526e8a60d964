#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <suzaku/client/serializer.hpp>
#include <suzaku/payload.hpp>

#include "protocol/decoder.hpp"
#include "protocol/message.hpp"

namespace suzaku::client::testing {

/// A frame that the client has sent, and what it says.
struct Frame {
  protocol::FrameType type = protocol::FrameType::text;
  std::string raw;
  // empty when it is no message of the protocol
  std::string topic = {};
  std::string event = {};
  std::string ref = std::string(protocol::kNull);       // as JSON
  std::string join_ref = std::string(protocol::kNull);  // likewise
  Payload payload = {};

  /// Of a join: the ref that its channel has from then on, as JSON.
  const std::string& channel_ref() const noexcept { return join_ref == protocol::kNull ? ref : join_ref; }
};

/// Reads frames with the server's own decoder.
class FrameReader {
 public:
  Frame read(protocol::Version version, protocol::FrameType type, std::string_view frame);

 private:
  protocol::Decoder decoder_;
};

/// A ref as a number: 0 for null, kForeignRef for what is none of our client's.
Ref ref_number(std::string_view json);
/// `payload` has all that `wanted` has: the members of an object, at the first level; else it is the same value.
bool matches(const Payload& payload, const Payload& wanted);

}  // namespace suzaku::client::testing

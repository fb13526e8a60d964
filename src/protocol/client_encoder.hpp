#pragma once

#include <string>
#include <string_view>

#include "protocol/message.hpp"

namespace suzaku::protocol {

/// A message from a client to its channel, or to the server itself (topic "phoenix").
struct ClientPush {
  Ref join_ref;
  Ref ref;
  std::string_view topic;  // not JSON
  std::string_view event;  // not JSON
  const Payload& payload;
};

/// Writes the frame that a client sends, as phoenix.js does: appends it to `out` and says which kind of frame carries
/// it.
///
/// Throws std::invalid_argument for what the serializer cannot say: a binary payload in V1, a payload that is neither
/// object nor binary, a topic or event that is not UTF-8 or, beside a binary payload, longer than 255 bytes. `out` may
/// hold a part of the message then.
FrameType encode_client_push(Version version, const ClientPush& push, std::string& out);

}  // namespace suzaku::protocol

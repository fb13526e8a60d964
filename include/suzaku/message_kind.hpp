#pragma once

#include <cstdint>
#include <string_view>

namespace suzaku {

/// What a message of a channel is, from the side of a client.
enum class MessageKind : std::uint8_t {
  broadcast,  // to everybody on the topic; with serializer V1, which cannot tell, also a push
  push,       // to this client alone
  reply,      // to something that this client has sent
};

/// "broadcast", "push" or "reply"
constexpr std::string_view to_string(MessageKind kind) noexcept {
  switch (kind) {
    case MessageKind::push:
      return "push";
    case MessageKind::reply:
      return "reply";
    case MessageKind::broadcast:
      break;
  }
  return "broadcast";
}

}  // namespace suzaku

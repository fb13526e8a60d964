#pragma once

#include <string_view>

#include "base/shared_bytes.hpp"
#include "ws/deflate.hpp"
#include "ws/frame.hpp"

namespace suzaku::ws {

/// Below this, compressing costs more than it saves.
inline constexpr std::size_t kMinCompressed = 128;

/// A whole frame of a server's message, compressed when a deflater is given and the message is worth it.
inline SharedBytes make_message_frame(Opcode opcode, std::string_view message, Deflater* deflater) {
  if (!deflater || message.size() < kMinCompressed) return make_frame(opcode, message);
  SharedBytes frame = make_frame(opcode, deflater->deflate(message), true);
  deflater->forget_large();
  return frame;
}

}  // namespace suzaku::ws

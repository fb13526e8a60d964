#pragma once

#include <cstdint>

#include "base/shared_bytes.hpp"

namespace suzaku {

/// Where the frames for one client go, whatever transport carries them. Loop's thread only.
class FrameSink {
 public:
  /// `droppable`: a newer frame makes this one worthless; it may be dropped when the client reads too slowly.
  virtual void send(const SharedBytes& frame, bool droppable) = 0;
  /// Ends the connection with this WebSocket close code, after what was sent before.
  virtual void close(std::uint16_t code) = 0;

 protected:
  ~FrameSink() = default;
};

}  // namespace suzaku

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/shared_bytes.hpp"

namespace suzaku {

/// Bytes that should wait for one client at most, where the sender can produce more of them later.
inline constexpr std::size_t kSendRoom = 128 * 1024;
/// When no more bytes than these wait, there is room again.
inline constexpr std::size_t kLowWater = kSendRoom / 2;

/// Bytes that may be sent while `queued` bytes wait: at least kSendRoom - kLowWater, or 0 for "wait for room".
constexpr std::size_t send_room(std::size_t queued) noexcept {
  return queued > kLowWater ? 0 : kSendRoom - queued;
}

/// Where the frames for one client go, whatever transport carries them. Loop's thread only.
class FrameSink {
 public:
  /// `droppable`: a newer frame makes this one worthless; it may be dropped when the client reads too slowly. False
  /// when the frame is not sent: the connection has ended, or more waits than may.
  virtual bool send(const SharedBytes& frame, bool droppable) = 0;
  /// Bytes that wait to be sent. When more than kLowWater waited, and at most that many do, the owner of the frames is
  /// told once.
  virtual std::size_t queued_bytes() const = 0;
  /// Ends the connection with this WebSocket close code, after what was sent before.
  virtual void close(std::uint16_t code) = 0;

 protected:
  ~FrameSink() = default;
};

}  // namespace suzaku

#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>

#include "base/shared_bytes.hpp"
#include "protocol/message.hpp"
#include "ws/deflate.hpp"

namespace suzaku::pubsub {

/// How a subscriber's connection wants its frames: which serializer, compressed or not.
struct FrameVariant {
  protocol::Version version = protocol::Version::v2;
  bool compressed = false;
};

/// A message to all subscribers of a topic. Immutable and shared by every loop that has some; its frame is made once
/// for each variant that a subscriber needs, by the first loop that needs it.
class Broadcast {
 public:
  /// Throws std::invalid_argument for what cannot be broadcast (protocol::require_broadcast()): then nobody gets it,
  /// and no subscriber ever meets a broadcast that it cannot pass on.
  Broadcast(std::string_view topic, std::string_view event, const Payload& payload);

  const std::string& topic() const noexcept { return topic_; }
  const std::string& event() const noexcept { return event_; }
  /// A copy, since a Payload keeps what it has parsed and this object is shared by threads.
  Payload payload() const { return payload_; }

  /// The whole WebSocket frame; empty when the variant cannot carry the payload (binary to a V1 client). Any thread;
  /// the deflater is the calling thread's.
  const SharedBytes& frame(FrameVariant variant, ws::Deflater& deflater) const;

 private:
  SharedBytes encode(FrameVariant variant, ws::Deflater& deflater) const;

  std::string topic_;
  std::string event_;
  Payload payload_;

  mutable std::mutex mutex_;  // of what follows; taken once per fan-out, not per subscriber
  mutable std::array<std::optional<SharedBytes>, 4> frames_;
};

}  // namespace suzaku::pubsub

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client {

/// A number that ties a reply to its push. 0 is none.
using Ref = std::uint64_t;
/// What a server sent where a ref stands, and is none of ours.
inline constexpr Ref kForeignRef = UINT64_MAX;

/// Turns messages into frames and back, instead of the built-in serializers (SocketOptions::serializer). Called on the
/// runtime's thread, perhaps still once more when the socket has just been destroyed, but not for what comes in while
/// its connection is being closed; one object may serve many sockets of one runtime.
class Serializer {
 public:
  virtual ~Serializer() = default;

  struct Outgoing {
    Ref join_ref;
    Ref ref;
    std::string_view topic;
    std::string_view event;
    const Payload& payload;
  };
  /// What was received. It may view the frame and the serializer: it is used before the next call.
  struct Incoming {
    Ref join_ref = 0;
    Ref ref = 0;
    std::string_view topic;
    std::string_view event;
    std::string_view status;  // of a phx_reply
    Payload payload;          // of a phx_reply: the response
  };

  /// The `vsn` of the URL.
  virtual std::string_view vsn() const noexcept = 0;
  /// Appends the frame to `out`; true when it is a binary one. Throws std::invalid_argument for what cannot be said.
  virtual bool encode(const Outgoing& message, std::string& out) = 0;
  /// A frame with 64 readable bytes behind it. A failure, or whatever it throws, ends the connection.
  [[nodiscard]] virtual Result<Incoming> decode(std::string_view frame, bool is_binary) = 0;
};

}  // namespace suzaku::client

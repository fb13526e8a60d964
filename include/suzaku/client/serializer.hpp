#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client {

/// The number that a push and its reply have in common. 0: none.
using Ref = std::uint64_t;
/// A ref that a server sent and that is none of ours.
inline constexpr Ref kForeignRef = UINT64_MAX;

/// Converts messages to frames and back, instead of the built-in serializers (SocketOptions::serializer). Called on the
/// runtime's thread. One call may still come after the socket was destroyed; frames that arrive while its connection is
/// being closed are not decoded. One object may serve many sockets of one runtime.
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
  /// A received message. It may view the frame and the serializer: it is used before the next call.
  struct Incoming {
    Ref join_ref = 0;
    Ref ref = 0;
    std::string_view topic;
    std::string_view event;
    std::string_view status;  // of a phx_reply
    Payload payload;          // of a phx_reply: the response
    /// Why the payload, the topic or the event cannot be read (a topic or event that cannot be read is empty): the
    /// message is dropped, counted (Metrics::bad_payloads) and logged, and the connection stays. What a phx_reply
    /// answers ends with Outcome::error, but a heartbeat counts as answered. phx_error and phx_close need no payload,
    /// and count.
    std::string payload_error;
  };

  /// The `vsn` of the URL.
  virtual std::string_view vsn() const noexcept = 0;
  /// Appends the frame to `out`; true when it is a binary one. Throws std::invalid_argument for what it cannot encode.
  virtual bool encode(const Outgoing& message, std::string& out) = 0;
  /// Reads a frame, which has 64 readable bytes behind it. A failure, or an exception, ends the connection.
  [[nodiscard]] virtual Result<Incoming> decode(std::string_view frame, bool is_binary) = 0;
};

}  // namespace suzaku::client

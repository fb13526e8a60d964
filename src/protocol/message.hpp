#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>

/// The Phoenix Channels wire protocol: what a message is, and its two serializers.
namespace suzaku::protocol {

/// The serializer of a connection, chosen by its `vsn` parameter: V1 speaks objects, V2 arrays and binary frames.
enum class Version : std::uint8_t { v1, v2 };

/// Chooses as Phoenix does: 1.0.x is V1, 2.0.x is V2, no vsn at all is V1; everything else, and everything that is not
/// a full version number, is refused.
std::optional<Version> negotiate(std::optional<std::string_view> vsn) noexcept;

enum class FrameType : std::uint8_t { text, binary };

/// The first byte of a binary frame (V2). Clients send pushes, servers all of them; a user broadcast is Supabase's.
enum class BinaryKind : std::uint8_t { push = 0, reply = 1, broadcast = 2, user_broadcast = 4 };

/// The topic or event of a received message. Clients send strings; another JSON value is legal on the wire, matches no
/// topic and no event, and is given back as it came.
struct Name {
  std::string_view text;  // without quotes and escapes; empty when it is no string
  std::string_view json;  // as it stood in the frame
  bool is_string = true;
};

/// A received message. It views the frame it came in and the decoder: copy what has to outlive the next frame.
/// Refs may be any JSON value and are kept as JSON text, to be echoed verbatim.
struct Message {
  std::string_view join_ref = "null";
  std::string_view ref = "null";
  Name topic;
  Name event;
  Payload payload;
};

inline constexpr std::string_view kNull = "null";

/// A ref of our own client, which counts its pushes from 1 and says the number as a string: "12".
using Ref = std::uint64_t;
inline constexpr Ref kNoRef = 0;                // null
inline constexpr Ref kForeignRef = UINT64_MAX;  // received, but none that our client ever says

/// True when two refs are the same JSON value, by type too: "1" is not 1.
bool same_ref(std::string_view a, std::string_view b);

/// Events that belong to the protocol itself.
namespace event {
inline constexpr std::string_view kJoin = "phx_join";
inline constexpr std::string_view kLeave = "phx_leave";
inline constexpr std::string_view kReply = "phx_reply";
inline constexpr std::string_view kClose = "phx_close";
inline constexpr std::string_view kError = "phx_error";
inline constexpr std::string_view kHeartbeat = "heartbeat";
inline constexpr std::string_view kDisconnect = "disconnect";
}  // namespace event
inline constexpr std::string_view kPhoenixTopic = "phoenix";

/// True for the events by which clients and servers join, leave, answer and end channels.
constexpr bool is_control_event(std::string_view event) noexcept {
  return event == event::kJoin || event == event::kLeave || event == event::kReply || event == event::kClose ||
         event == event::kError;
}

}  // namespace suzaku::protocol

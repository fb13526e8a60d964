#pragma once

#include <string>
#include <string_view>

#include "protocol/message.hpp"

/// Writes the frames that a server sends (Phoenix.Socket.V1/V2.JSONSerializer, encode! and fastlane!). Each function
/// appends the message to `out` and says which kind of frame carries it. Refs and topics are JSON text.
///
/// All throw std::invalid_argument for what the serializer cannot say, as Phoenix raises: a binary payload in V1, a
/// push or broadcast in V2 whose payload is neither object nor binary, words that are not UTF-8, a field beyond 255
/// bytes beside a binary payload.
namespace suzaku::protocol {

struct Reply {
  std::string_view join_ref;
  std::string_view ref;
  std::string_view topic;
  std::string_view status;  // not JSON: "ok", "error", or any other word
  const Payload& payload;
};
FrameType encode_reply(Version version, const Reply& reply, std::string& out);

/// A message to one client: from its channel (`ref` null) or about it (phx_close and phx_error carry the join's ref).
struct Push {
  std::string_view join_ref;
  std::string_view ref;
  std::string_view topic;
  std::string_view event;  // not JSON
  const Payload& payload;
};
FrameType encode_push(Version version, const Push& push, std::string& out);

/// True when a binary push can be written for a client that joined `topic` with `join_ref` (both JSON text). V1 has no
/// binary frames; in V2 each of the two must have a plain text of at most 255 bytes.
bool can_push_binary(Version version, std::string_view join_ref, std::string_view topic);

/// Throws std::invalid_argument for a broadcast that some client could not be sent, whichever clients there are: the
/// payload is neither object nor binary, the event is not UTF-8, topic or event have more than 255 bytes beside a
/// binary payload; and for the events of the protocol itself (is_control_event), by which clients end channels.
void require_broadcast(std::string_view topic, std::string_view event, const Payload& payload);

/// A message to every subscriber of a topic.
FrameType encode_broadcast(Version version, std::string_view topic, std::string_view event, const Payload& payload,
                           std::string& out);

}  // namespace suzaku::protocol

#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

#include "protocol/message.hpp"

namespace suzaku::protocol {

class StrictJson;

/// What a server sent. It views the frame it came in and the decoder: copy what has to outlive the next frame.
///
/// A ref is one of ours when it is the string "12" or the number 12; null, "" and a missing one are kNoRef, and
/// anything else is kForeignRef.
///
/// A message whose payload cannot be read is one nevertheless, as long as the rest of the frame can: half a surrogate
/// pair, a number beyond a double, too many levels, a phx_reply without a status. So is one with a string in its
/// envelope that cannot be read. Then `payload_error` says why, status and payload are empty, and so is a topic or
/// event that cannot be read; such a ref is kForeignRef.
struct ServerMessage {
  Ref join_ref = kNoRef;
  Ref ref = kNoRef;
  std::string_view topic = {};   // without quotes and escapes
  std::string_view event = {};   // the same
  std::string_view status = {};  // of a phx_reply, the same; otherwise empty
  Payload payload = {};          // of a phx_reply the response
  std::string payload_error = {};
};

/// Reads the frames that servers send, and checks everything in them. One per thread; its buffers are reused.
///
/// Supabase's user broadcasts (binary frames of kind 4) appear as in its own client: as event "broadcast" with
/// {"type": "broadcast", "event": E, "payload": P, "meta": M}. Where P is bytes, they alone are the payload.
class ClientDecoder {
 public:
  ClientDecoder();
  ~ClientDecoder();

  /// `frame` must have 64 readable bytes behind it; the message is valid until the next call. On failure the error says
  /// what was wrong, and where.
  Result<ServerMessage> decode(Version version, FrameType type, std::string_view frame);

 private:
  Result<ServerMessage> decode_text(Version version, std::string_view frame);
  Result<ServerMessage> decode_binary(std::string_view frame);
  Result<ServerMessage> decode_user_broadcast(std::string_view frame);

  std::unique_ptr<StrictJson> json_;  // hidden: simdjson is slow to compile
  std::array<std::string, 3> words_;  // topic, event and status, where they had escapes
};

}  // namespace suzaku::protocol

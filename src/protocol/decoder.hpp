#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocol/message.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::protocol {

/// Reads the frames that clients send (Phoenix.Socket.V1/V2.JSONSerializer, decode!). Everything in a frame is checked:
/// what passes can be forwarded to other clients as it is. One per thread; its buffers are reused.
class Decoder {
 public:
  /// `frame` must have simdjson::SIMDJSON_PADDING readable bytes behind it; the message views the frame and this decoder
  /// and is valid until the next call. On failure the error says what was wrong; Phoenix closes with 1011 then.
  Result<Message> decode(Version version, FrameType type, std::string_view frame);

 private:
  Result<Message> decode_v1(std::string_view frame);
  Result<Message> decode_v2(std::string_view frame);
  Result<Message> decode_push(std::string_view frame);

  StrictJson json_;
  std::array<std::string, 4> names_;  // the fields of a binary frame as JSON text
};

}  // namespace suzaku::protocol

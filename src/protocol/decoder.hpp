#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

#include "protocol/message.hpp"

namespace suzaku::protocol {

class StrictJson;

/// Reads the frames that clients send (Phoenix.Socket.V1/V2.JSONSerializer, decode!). Everything in a frame is checked:
/// what passes can be forwarded to other clients as it is. One per thread; its buffers are reused.
class Decoder {
 public:
  Decoder();
  ~Decoder();

  /// `frame` must have 64 readable bytes behind it; the message views the frame and this decoder
  /// and is valid until the next call. On failure the error says what was wrong; Phoenix closes with 1011 then.
  Result<Message> decode(Version version, FrameType type, std::string_view frame);

 private:
  Result<Message> decode_push(std::string_view frame);

  std::unique_ptr<StrictJson> json_;  // hidden: simdjson is slow to compile
  std::array<std::string, 4> names_;  // the fields of a binary frame as JSON text
};

}  // namespace suzaku::protocol

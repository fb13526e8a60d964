#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

#include "protocol/message.hpp"

namespace suzaku::protocol {

class StrictJson;

struct DecodeError : Error {
  bool too_long = false;  // join_ref, ref, topic and event are; the frame may be right otherwise
};

/// Reads the frames that clients send (Phoenix.Socket.V1/V2.JSONSerializer, decode!). Everything in a frame is checked:
/// what passes can be forwarded to other clients as it is. One per thread; its buffers are reused.
class Decoder {
 public:
  Decoder();
  ~Decoder();

  /// `frame` must have 64 readable bytes behind it; the message views the frame and this decoder
  /// and is valid until the next call. On failure the error says what was wrong; Phoenix closes with 1011 then.
  /// `max_head`: the most bytes of join_ref, ref, topic and event together. A V2 frame with more is refused before it
  /// is parsed. A V1 frame is validated first, since its fields stand in any order; the four fields are then not
  /// parsed. A binary frame cannot have more than 4 times 255. However large a frame is, this takes at most some 4 MB.
  tl::expected<Message, DecodeError> decode(Version version, FrameType type, std::string_view frame,
                                            std::size_t max_head = std::numeric_limits<std::size_t>::max());

 private:
  tl::expected<Message, DecodeError> decode_push(std::string_view frame);

  std::unique_ptr<StrictJson> json_;  // hidden: simdjson is slow to compile
  std::array<std::string, 4> names_;  // the fields of a binary frame as JSON text; of a text frame, without escapes
};

}  // namespace suzaku::protocol

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "ws/message_buffer.hpp"
#include "ws/opcode.hpp"

namespace suzaku::ws {

class Inflater;
struct FrameHeader;

/// What a peer sent, one step at a time.
struct Event {
  enum class Kind : std::uint8_t {
    need_more,  // everything that was fed is used up
    message,    // a whole text or binary message: `opcode`, `payload`
    ping,       // answer with a pong that carries `payload`
    pong,
    close,  // the peer's close frame: `close_code` (kNoStatus when it carried none), reason in `payload`
    error,  // the peer broke the protocol: close with `close_code`; `payload` says why; nothing follows
  };
  Kind kind = Kind::need_more;
  Opcode opcode = Opcode::text;
  std::uint16_t close_code = 0;
  std::string_view payload;
};

/// Turns received bytes into messages (RFC 6455): frames, fragments, control frames between them, masks, UTF-8, limits,
/// compression. No I/O and no clock; lives on one thread.
///
/// The common case, a message in one frame that arrived whole, is unmasked where it lies and costs no copy. Anything
/// else is gathered in a buffer of the decoder's, which exists only while it is needed: an idle decoder owns no memory.
class Decoder {
 public:
  /// How many readable bytes must follow the bytes that are fed (simdjson reads ahead). The same holds for every
  /// payload of a message that comes out.
  static constexpr std::size_t kPadding = MessageBuffer::kPadding;

  /// `max_message`: the most bytes of one message, all its fragments together, before and after decompression (1009).
  /// `deflate`: permessage-deflate was agreed on. `budget`, which must outlive the decoder: bounds the memory of
  /// messages that arrive in pieces or compressed; when it is used up, 1013. None: only max_message bounds them.
  Decoder(Role role, std::size_t max_message, bool deflate, Budget* budget = nullptr) noexcept;
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// Hands in received bytes; they are unmasked in place and must stay until next() says need_more.
  void feed(std::span<char> bytes) noexcept;

  /// The next event. Payloads are valid until the next call of next() or feed(). After `close` or `error` no more
  /// events come, and bytes fed are ignored. `inflater` is needed only when deflate was agreed on (std::logic_error
  /// without it); it may be shared by all decoders of a thread.
  Event next(Inflater* inflater = nullptr);

  /// Takes back what was fed and is not used up yet; for a caller that stops before need_more, and feeds it later. The
  /// payload of the last event is no longer valid.
  std::span<char> take_rest() noexcept;

  /// Bytes of memory held for a message that has not come whole yet.
  std::size_t buffered() const noexcept;

 private:
  struct Partial;

  std::optional<FrameHeader> read_header();
  std::string_view violation(const FrameHeader& header) const noexcept;
  bool fits(const FrameHeader& header) const noexcept;
  Event receive(const FrameHeader& header, std::size_t received, Inflater* inflater);
  Event receive_control(const FrameHeader& header, std::size_t received, std::string_view piece);
  Event receive_data(const FrameHeader& header, std::size_t received, std::string_view piece, Inflater* inflater);
  Event control_event(Opcode opcode, std::string_view payload);
  Event close_event(std::string_view payload);
  Event message_event(Opcode opcode, bool compressed, std::string_view payload, Inflater* inflater);
  void forget_seen() noexcept;
  Event fail(std::uint16_t code, std::string_view why) noexcept;
  Partial& partial();

  std::span<char> input_;
  std::unique_ptr<Partial> partial_;
  Budget* budget_;
  std::size_t max_message_;
  Role role_;
  bool deflate_;
  bool ended_ = false;
};

}  // namespace suzaku::ws

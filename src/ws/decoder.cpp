#include "ws/decoder.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <simdjson.h>

#include "ws/deflate.hpp"
#include "ws/frame.hpp"
#include "ws/frame_header.hpp"

namespace suzaku::ws {
namespace {

constexpr std::size_t kMaxControl = 125;
constexpr std::string_view kNoRoom = "no room for an unfinished message";

bool is_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size());
}

/// RFC 6455, section 7.4, and the codes registered since.
bool may_be_sent(std::uint16_t code) noexcept {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

}  // namespace

/// The received part of a header or message that is not complete. Freed when none is.
struct Decoder::Partial {
  explicit Partial(Budget* budget) noexcept : message(budget) {}

  std::array<char, kMaxHeader> header{};  // the bytes of a header that was cut
  std::size_t header_size = 0;

  FrameHeader frame;  // when `in_frame`: the frame whose payload is on its way
  std::size_t received = 0;
  bool in_frame = false;
  std::array<char, kMaxControl> control{};  // the payload of a control frame that was cut

  bool in_message = false;  // the message's last frame has not come whole
  bool compressed = false;
  Opcode opcode = Opcode::text;
  MessageBuffer message;  // also what a message was inflated to

  bool under_way() const noexcept { return in_message || in_frame || header_size > 0; }
};

Decoder::Decoder(Role role, std::size_t max_message, bool deflate, Budget* budget) noexcept
    : budget_(budget), max_message_(max_message), role_(role), deflate_(deflate) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

void Decoder::feed(std::span<char> bytes) noexcept {
  assert(input_.empty());
  if (!ended_) input_ = bytes;
}

/// Forgets the payload of the last event.
void Decoder::forget_seen() noexcept {
  if (partial_ && (ended_ || !partial_->under_way())) partial_.reset();
}

std::span<char> Decoder::take_rest() noexcept {
  forget_seen();
  return std::exchange(input_, {});
}

Event Decoder::next(Inflater* inflater) {
  forget_seen();
  while (!input_.empty()) {
    Event event;
    if (partial_ && partial_->in_frame) {
      const FrameHeader frame = partial_->frame;
      event = receive(frame, partial_->received, inflater);
    } else {
      const std::optional<FrameHeader> header = read_header();
      if (!header) break;
      if (const auto why = violation(*header); !why.empty()) return fail(close_code::kProtocolError, why);
      if (!fits(*header)) return fail(close_code::kTooBig, "message too big");
      event = receive(*header, 0, inflater);
    }
    if (event.kind != Event::Kind::need_more) return event;
  }
  return {};
}

std::size_t Decoder::buffered() const noexcept {
  return partial_ ? sizeof(Partial) + partial_->message.bytes().capacity() : 0;
}

Decoder::Partial& Decoder::partial() {
  if (!partial_) partial_ = std::make_unique<Partial>(budget_);
  return *partial_;
}

/// The header at the front of the input, or nothing; then what there is of it was kept.
std::optional<FrameHeader> Decoder::read_header() {
  if (!partial_ || partial_->header_size == 0) {
    const std::optional<FrameHeader> header = parse_header({input_.data(), input_.size()});
    if (header) {
      input_ = input_.subspan(header->size);
      return header;
    }
  }
  Partial& kept = partial();
  while (!input_.empty()) {
    kept.header[kept.header_size++] = input_.front();
    input_ = input_.subspan(1);
    const std::optional<FrameHeader> header = parse_header({kept.header.data(), kept.header_size});
    if (header) {
      kept.header_size = 0;
      return header;
    }
  }
  return std::nullopt;
}

/// What is wrong with a frame that has this header, here; empty when nothing is.
std::string_view Decoder::violation(const FrameHeader& header) const noexcept {
  const bool in_message = partial_ && partial_->in_message;
  std::uint8_t allowed = 0;  // reserved bits
  switch (header.opcode) {
    case Opcode::continuation:
      if (!in_message) return "continuation of nothing";
      break;
    case Opcode::text:
    case Opcode::binary:
      if (in_message) return "new message inside a fragmented one";
      if (deflate_) allowed = FrameHeader::kRsv1;
      break;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!header.final) return "fragmented control frame";
      if (header.length > kMaxControl) return "control frame too long";
      break;
    default:
      return "reserved opcode";
  }
  if ((header.reserved & ~allowed) != 0) return "reserved bit set";
  if (!header.minimal) return "invalid payload length";
  if (header.masked != (role_ == Role::server)) return header.masked ? "frame is masked" : "frame is not masked";
  return {};
}

bool Decoder::fits(const FrameHeader& header) const noexcept {
  if (header.is_control()) return true;
  const std::size_t gathered = partial_ && partial_->in_message ? partial_->message.bytes().size() : 0;
  return header.length <= max_message_ - gathered;
}

/// Takes what the input holds of a frame's payload, after the first `received` bytes of it.
Event Decoder::receive(const FrameHeader& header, std::size_t received, Inflater* inflater) {
  const std::size_t size = std::min<std::uint64_t>(header.length - received, input_.size());
  const std::span<char> piece = input_.first(size);
  input_ = input_.subspan(size);
  if (header.masked) apply_mask(piece, header.mask, received);

  const bool cut = received + size < header.length;
  if (cut || partial_) {
    Partial& kept = partial();
    kept.frame = header;
    kept.received = received + size;
    kept.in_frame = cut;
  }
  if (cut && size == 0) return {};
  const std::string_view bytes(piece.data(), piece.size());
  return header.is_control() ? receive_control(header, received, bytes)
                             : receive_data(header, received, bytes, inflater);
}

Event Decoder::receive_control(const FrameHeader& header, std::size_t received, std::string_view piece) {
  if (piece.size() == header.length) return control_event(header.opcode, piece);
  Partial& kept = partial();
  std::ranges::copy(piece, kept.control.begin() + static_cast<std::ptrdiff_t>(received));
  if (kept.in_frame) return {};
  return control_event(header.opcode, {kept.control.data(), kept.received});
}

Event Decoder::receive_data(const FrameHeader& header, std::size_t received, std::string_view piece,
                            Inflater* inflater) {
  const bool compressed = header.reserved != 0;
  const bool begins = header.opcode != Opcode::continuation && received == 0;
  const bool whole = piece.size() == header.length;
  if (begins && whole && header.final) return message_event(header.opcode, compressed, piece, inflater);

  Partial& kept = partial();
  if (begins) {
    kept.in_message = true;
    kept.opcode = header.opcode;
    kept.compressed = compressed;
  }
  const std::size_t gathered = kept.message.bytes().size() - received;
  const std::size_t most = header.final ? gathered + header.length : max_message_;
  if (!kept.message.append(piece, most)) return fail(close_code::kTryAgainLater, kNoRoom);
  if (kept.in_frame || !header.final) return {};
  kept.in_message = false;
  return message_event(kept.opcode, kept.compressed, kept.message.padded(), inflater);
}

Event Decoder::control_event(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::close) return close_event(payload);
  const auto kind = opcode == Opcode::ping ? Event::Kind::ping : Event::Kind::pong;
  return {.kind = kind, .opcode = opcode, .payload = payload};
}

Event Decoder::close_event(std::string_view payload) {
  if (payload.size() == 1) return fail(close_code::kProtocolError, "close code cut short");
  std::uint16_t code = close_code::kNoStatus;
  if (!payload.empty()) {
    code = static_cast<std::uint16_t>(read_big_endian(payload.substr(0, 2)));
    payload.remove_prefix(2);
    if (!may_be_sent(code)) return fail(close_code::kProtocolError, "invalid close code");
    if (!is_utf8(payload)) return fail(close_code::kInvalidPayload, "close reason is not UTF-8");
  }
  ended_ = true;
  input_ = {};
  return {.kind = Event::Kind::close, .opcode = Opcode::close, .close_code = code, .payload = payload};
}

Event Decoder::message_event(Opcode opcode, bool compressed, std::string_view payload, Inflater* inflater) {
  if (compressed) {
    if (inflater == nullptr) throw std::logic_error("a decoder with deflate needs an inflater");
    MessageBuffer inflated(budget_);
    const auto failure = inflater->inflate(payload, max_message_, inflated);
    if (failure == Inflater::Failure::no_room) return fail(close_code::kTryAgainLater, kNoRoom);
    if (failure == Inflater::Failure::too_big) return fail(close_code::kTooBig, "message too big");
    if (failure) return fail(close_code::kInvalidPayload, "corrupt compressed message");
    partial().message = std::move(inflated);
    payload = partial().message.padded();
  }
  if (opcode == Opcode::text && !is_utf8(payload)) return fail(close_code::kInvalidPayload, "text is not UTF-8");
  return {.kind = Event::Kind::message, .opcode = opcode, .payload = payload};
}

Event Decoder::fail(std::uint16_t code, std::string_view why) noexcept {
  ended_ = true;
  input_ = {};
  partial_.reset();
  return {.kind = Event::Kind::error, .close_code = code, .payload = why};
}

}  // namespace suzaku::ws

#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ws/decoder.hpp"

/// For tests and fuzzing: the events of a decoder as text.
namespace suzaku::ws {

/// "text hello", "binary ...", "ping ...", "pong ...", "close 1000 bye", "error 1002".
inline std::string describe(const Event& event) {
  const std::string payload(event.payload);
  switch (event.kind) {
    case Event::Kind::need_more:
      return "need more";
    case Event::Kind::message:
      return (event.opcode == Opcode::text ? "text " : "binary ") + payload;
    case Event::Kind::ping:
      return "ping " + payload;
    case Event::Kind::pong:
      return "pong " + payload;
    case Event::Kind::close:
      return "close " + std::to_string(event.close_code) + " " + payload;
    case Event::Kind::error:
      return "error " + std::to_string(event.close_code);
  }
  return "unknown";
}

/// Reads the bytes that are promised behind a message's payload, so that a sanitizer sees when they are missing.
inline void touch_padding(const Event& event) {
  volatile char sink = 0;
  for (std::size_t i = 0; i < Decoder::kPadding; ++i) sink = event.payload.data()[event.payload.size() + i];
  static_cast<void>(sink);
}

/// All events of `bytes`, fed in pieces of the given sizes (over and over; 0 counts as 1). Every piece lies in a block
/// of memory of its own, with just the padding behind it.
inline std::vector<std::string> transcript(Decoder& decoder, std::string_view bytes,
                                           std::span<const std::size_t> sizes = {}, Inflater* inflater = nullptr) {
  std::vector<std::string> events;
  for (std::size_t turn = 0; !bytes.empty(); ++turn) {
    const std::size_t wanted = sizes.empty() ? bytes.size() : std::max<std::size_t>(sizes[turn % sizes.size()], 1);
    const std::string_view piece = bytes.substr(0, wanted);
    bytes.remove_prefix(piece.size());
    std::vector<char> block(piece.begin(), piece.end());
    block.resize(piece.size() + Decoder::kPadding);
    decoder.feed(std::span(block).first(piece.size()));
    for (Event event = decoder.next(inflater); event.kind != Event::Kind::need_more; event = decoder.next(inflater)) {
      if (event.kind == Event::Kind::message) touch_padding(event);
      events.push_back(describe(event));
    }
  }
  return events;
}

}  // namespace suzaku::ws

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "ws/opcode.hpp"

namespace suzaku::ws {

/// The header of a received frame as it stands in the bytes (RFC 6455, section 5.2). Nothing is judged here: that
/// depends on what came before, and is the decoder's task.
struct FrameHeader {
  static constexpr std::uint8_t kRsv1 = 0x40;

  std::uint64_t length = 0;  // of the payload
  std::array<std::uint8_t, 4> mask{};
  std::uint8_t size = 0;      // of the header itself
  std::uint8_t reserved = 0;  // the bits RSV1 to RSV3, where they stand in the first byte
  Opcode opcode = Opcode::continuation;
  bool final = false;
  bool masked = false;
  bool minimal = true;  // the length took the shortest form, and its top bit is clear

  bool is_control() const noexcept { return static_cast<std::uint8_t>(opcode) >= 8; }
};

inline std::uint64_t read_big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

/// The header at the front of `bytes`, or nothing while it is not there whole.
inline std::optional<FrameHeader> parse_header(std::string_view bytes) noexcept {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  const std::size_t form = second & 0x7f;
  const std::size_t extended = form < 126 ? 0 : form == 126 ? 2 : 8;

  FrameHeader header;
  header.masked = (second & 0x80) != 0;
  header.size = static_cast<std::uint8_t>(2 + extended + (header.masked ? 4 : 0));
  if (bytes.size() < header.size) return std::nullopt;
  header.final = (first & 0x80) != 0;
  header.reserved = first & 0x70;
  header.opcode = static_cast<Opcode>(first & 0x0f);
  header.length = form;
  if (extended == 2) {
    header.length = read_big_endian({bytes.data() + 2, 2});
    header.minimal = header.length >= 126;
  } else if (extended == 8) {
    header.length = read_big_endian({bytes.data() + 2, 8});
    header.minimal = header.length >= 65536 && header.length >> 63 == 0;
  }
  if (header.masked) std::memcpy(header.mask.data(), bytes.data() + 2 + extended, header.mask.size());
  return header;
}

}  // namespace suzaku::ws

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/shared_bytes.hpp"
#include "ws/opcode.hpp"

/// Writing WebSocket frames (RFC 6455, section 5.2).
namespace suzaku::ws {

inline constexpr std::size_t kMaxHeader = 14;

/// How many bytes the header of an unmasked frame takes.
constexpr std::size_t header_size(std::size_t payload) noexcept {
  return payload < 126 ? 2 : payload < 65536 ? 4 : 10;
}

/// Writes the header of an unmasked, final frame; returns its size. `compressed` sets RSV1.
std::size_t write_header(char* out, Opcode opcode, std::size_t payload, bool compressed = false) noexcept;

/// One whole unmasked frame, as a server sends it, ready to be shared.
SharedBytes make_frame(Opcode opcode, std::string_view payload, bool compressed = false);

/// A close frame; without a code its payload is empty. `reason` is cut to 123 bytes at a UTF-8 boundary.
SharedBytes make_close_frame(std::optional<std::uint16_t> code, std::string_view reason = {});

/// The same, masked, as a client sends it.
SharedBytes make_masked_frame(Opcode opcode, std::string_view payload, std::array<std::uint8_t, 4> mask,
                              bool compressed = false);

/// XORs `data` with the mask, in place; `offset` is the position of data[0] in the frame's payload.
void apply_mask(std::span<char> data, std::array<std::uint8_t, 4> mask, std::size_t offset = 0) noexcept;

}  // namespace suzaku::ws

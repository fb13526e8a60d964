#include "ws/frame.hpp"

#include <bit>
#include <cstring>

namespace suzaku::ws {
namespace {

constexpr std::size_t kMaxReason = 123;  // a control frame's 125 bytes without the code

std::string_view cut_reason(std::string_view reason) noexcept {
  if (reason.size() <= kMaxReason) return reason;
  std::size_t size = kMaxReason;
  while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80) --size;
  return reason.substr(0, size);
}

void copy(char* out, std::string_view bytes) noexcept {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
}

}  // namespace

std::size_t write_header(char* out, Opcode opcode, std::size_t payload, bool compressed) noexcept {
  const std::size_t size = header_size(payload);
  out[0] = static_cast<char>(0x80 | (compressed ? 0x40 : 0) | static_cast<std::uint8_t>(opcode));
  out[1] = static_cast<char>(size == 2 ? payload : size == 4 ? 126 : 127);
  for (std::size_t i = size; i > 2; payload >>= 8) out[--i] = static_cast<char>(payload);
  return size;
}

SharedBytes make_frame(Opcode opcode, std::string_view payload, bool compressed) {
  return SharedBytes::make(header_size(payload.size()) + payload.size(), [&](char* out) {
    out += write_header(out, opcode, payload.size(), compressed);
    copy(out, payload);
  });
}

SharedBytes make_close_frame(std::optional<std::uint16_t> code, std::string_view reason) {
  if (!code) return make_frame(Opcode::close, {});
  reason = cut_reason(reason);
  const std::size_t payload = 2 + reason.size();
  return SharedBytes::make(header_size(payload) + payload, [&](char* out) {
    out += write_header(out, Opcode::close, payload);
    *out++ = static_cast<char>(*code >> 8);
    *out++ = static_cast<char>(*code & 0xff);
    copy(out, reason);
  });
}

SharedBytes make_masked_frame(Opcode opcode, std::string_view payload, std::array<std::uint8_t, 4> mask,
                              bool compressed) {
  const std::size_t size = header_size(payload.size()) + mask.size() + payload.size();
  return SharedBytes::make(size, [&](char* out) {
    const std::size_t header = write_header(out, opcode, payload.size(), compressed);
    out[1] = static_cast<char>(out[1] | 0x80);
    out += header;
    std::memcpy(out, mask.data(), mask.size());
    out += mask.size();
    copy(out, payload);
    apply_mask({out, payload.size()}, mask);
  });
}

void apply_mask(std::span<char> data, std::array<std::uint8_t, 4> mask, std::size_t offset) noexcept {
  const auto bits = static_cast<int>(offset % 4 * 8);
  const auto key = std::bit_cast<std::uint32_t>(mask);
  const std::uint32_t turned = std::endian::native == std::endian::little ? std::rotr(key, bits) : std::rotl(key, bits);
  const std::uint64_t word = std::uint64_t{turned} << 32 | turned;

  using Block = std::array<std::uint64_t, 4>;  // the compiler makes vector instructions of it
  char* at = data.data();
  std::size_t left = data.size();
  for (; left >= sizeof(Block); at += sizeof(Block), left -= sizeof(Block)) {
    Block block;
    std::memcpy(&block, at, sizeof(block));
    for (std::uint64_t& part : block) part ^= word;
    std::memcpy(at, &block, sizeof(block));
  }
  for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word)) {
    std::uint64_t part = 0;
    std::memcpy(&part, at, sizeof(part));
    part ^= word;
    std::memcpy(at, &part, sizeof(part));
  }
  const auto pattern = std::bit_cast<std::array<char, sizeof(word)>>(word);
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ pattern[i]);
}

}  // namespace suzaku::ws

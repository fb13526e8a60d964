#include "base/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace suzaku {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 64;

using Values = std::array<std::uint8_t, 256>;

constexpr Values kValues = [] {
  Values values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}();

/// Of both alphabets.
constexpr Values kAnyValues = [] {
  Values values = kValues;
  values['-'] = values['+'];
  values['_'] = values['/'];
  return values;
}();

struct Decoded {
  std::string bytes;
  std::uint32_t left_over = 0;  // bits beyond the last byte
};

/// Without padding. Nothing when a character has no value.
std::optional<Decoded> decode(std::string_view text, const Values& values) {
  Decoded decoded;
  decoded.bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;  // of the bits that wait
  for (const char c : text) {
    const std::uint8_t value = values[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    bits = (bits << 6 | value) & 0xFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded.bytes += static_cast<char>(bits >> count & 0xFF);
  }
  decoded.left_over = bits & ((1U << count) - 1);
  return decoded;
}

std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t bits = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    out += kAlphabet[bits >> 18];
    out += kAlphabet[bits >> 12 & 63];
    out += i + 1 < bytes.size() ? kAlphabet[bits >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kAlphabet[bits & 63] : '=';
  }
}

std::string base64(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  const auto decoded = decode(text, kValues);
  if (!decoded || decoded->left_over != 0) return std::nullopt;
  return decoded->bytes;
}

std::optional<std::string> decode_any_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  const auto decoded = decode(text, kAnyValues);
  if (!decoded) return std::nullopt;
  return decoded->bytes;
}

}  // namespace suzaku

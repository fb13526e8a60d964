#include "base/printable.hpp"

#include <algorithm>
#include <array>

namespace suzaku {
namespace {

constexpr char32_t kReplacement = 0xfffd;

struct Character {
  char32_t code;
  std::size_t size;  // bytes
};

std::size_t size_after(unsigned char lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;  // begins no character
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/// The first character of a text that is not empty; for a byte that is not UTF-8, U+FFFD.
Character first_character(std::string_view text) noexcept {
  constexpr Character kBadByte{kReplacement, 1};
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = size_after(lead);
  if (size == 1) return {lead, 1};
  if (size == 0 || size > text.size()) return kBadByte;
  char32_t code = lead & (0x7fU >> size);
  for (const char c : text.substr(1, size - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) return kBadByte;
    code = code << 6 | (byte & 0x3fU);
  }
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast[size] || code > 0x10ffff || is_surrogate) return kBadByte;
  return {code, size};
}

/// The general category Cc, the two separators, and the property Bidi_Control.
bool is_control(char32_t code) noexcept {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x061c || code == 0x200e || code == 0x200f;
}

std::string escaped(char32_t code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return {'\\', 'u', kHex[code >> 12 & 15], kHex[code >> 8 & 15], kHex[code >> 4 & 15], kHex[code & 15]};
}

bool is_plain(char c) noexcept {
  return c >= ' ' && c < 0x7f;
}

/// How many bytes of printable ASCII the text begins with. Nearly all text is printable ASCII, so it is checked in
/// blocks, which the compiler turns into vector instructions.
std::size_t plain_size(std::string_view text) noexcept {
  constexpr std::size_t kBlock = 32;
  std::size_t size = 0;
  for (bool all_plain = true; all_plain && size + kBlock <= text.size(); size += all_plain ? kBlock : 0)
    for (std::size_t i = 0; i < kBlock; ++i) all_plain &= is_plain(text[size + i]);
  while (size < text.size() && is_plain(text[size])) ++size;
  return size;
}

/// `control` gives what is shown for a control character.
template <class Control>
std::string shown(std::string_view text, std::size_t most, Control control) {
  std::string out;
  out.reserve(std::min(text.size(), most));
  while (!text.empty()) {
    const std::size_t room = most - out.size();
    if (const std::size_t plain = plain_size(text.substr(0, room)); plain > 0) {
      out += text.substr(0, plain);
      text.remove_prefix(plain);
    } else {
      const auto [code, size] = first_character(text);
      const std::string piece = is_control(code)       ? control(code)
                                : code == kReplacement ? "\ufffd"
                                                       : std::string(text.substr(0, size));
      if (piece.size() > room) return out + "...";
      out += piece;
      text.remove_prefix(size);
    }
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  return shown(text, most, escaped);
}

std::string printable_json(std::string_view json) {
  // In valid JSON, those below a space stand between tokens alone.
  const auto control = [](char32_t code) { return code < ' ' ? " " : escaped(code); };
  return shown(json, std::string_view::npos, control);
}

}  // namespace suzaku

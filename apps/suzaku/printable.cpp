#include "printable.hpp"

namespace suzaku::program {
namespace {

/// Calls `control` with each control character, as a number, and `rest` with all other bytes. In UTF-8, U+0080 to
/// U+009F are two bytes.
template <class Control, class Rest>
void each_character(std::string_view text, Control control, Rest rest) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
      control(next);
      ++i;
    } else if (byte < 0x20 || byte == 0x7f) {
      control(byte);
    } else {
      rest(text[i]);
    }
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  each_character(text, [&](unsigned) { out += '?'; }, [&](char c) { out += c; });
  return out;
}

std::string json_in_one_line(std::string_view json) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(json.size());
  const auto control = [&](unsigned code) {
    if (code < 0x20) {
      out += ' ';  // between tokens: in strings it would not be valid
    } else {
      out.append("\\u00") += {kHex[code >> 4], kHex[code & 15]};
    }
  };
  each_character(json, control, [&](char c) { out += c; });
  return out;
}

}  // namespace suzaku::program

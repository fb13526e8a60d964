#include "base/percent_encode.hpp"

#include "base/ascii.hpp"

namespace suzaku {
namespace {

bool is_unreserved(char c) noexcept {
  return ascii::is_letter(c) || ascii::is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view kept) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

}  // namespace suzaku

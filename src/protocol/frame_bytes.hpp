#pragma once

#include <string>
#include <string_view>

#include "protocol/decoder.hpp"

/// For tests: frames as the network hands them over.
namespace suzaku::protocol::test {

/// A frame with readable bytes behind it, as the decoder wants it. They are such that reading on would show.
class Frame {
 public:
  explicit Frame(std::string_view bytes) : size_(bytes.size()), bytes_(std::string(bytes) + std::string(64, '"')) {}
  std::string_view view() const noexcept { return std::string_view(bytes_).substr(0, size_); }

 private:
  std::size_t size_;
  std::string bytes_;
};

/// Bytes with zeros in them: bytes("\0a").
template <std::size_t size>
std::string bytes(const char (&literal)[size]) {
  return std::string(literal, size - 1);
}

}  // namespace suzaku::protocol::test

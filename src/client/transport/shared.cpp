#include "client/transport/shared.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/rand.h>

namespace suzaku::client::transport {

void RandomBytes::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    if (used_ == bytes_.size()) {
      if (RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) != 1)
        throw std::runtime_error("OpenSSL has no random bytes");
      used_ = 0;
    }
    const std::size_t size = std::min(out.size(), bytes_.size() - used_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), size, out.begin());
    used_ += size;
    out = out.subspan(size);
  }
}

std::array<std::uint8_t, 4> RandomBytes::mask() {
  std::array<std::uint8_t, 4> mask{};
  fill(mask);
  return mask;
}

ws::Deflater& Shared::deflater() {
  if (!deflater_) deflater_.emplace();
  return *deflater_;
}

ws::Inflater& Shared::inflater() {
  if (!inflater_) inflater_.emplace();
  return *inflater_;
}

}  // namespace suzaku::client::transport

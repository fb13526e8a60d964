#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/budget.hpp"

namespace suzaku::ws {

/// The bytes of one message that is gathered or inflated, with room for padding behind them. What is beyond kFree bytes
/// counts towards a budget, if there is one: small messages need none of it.
class MessageBuffer {
 public:
  static constexpr std::size_t kPadding = 64;
  static constexpr std::size_t kFree = 16 * 1024;

  explicit MessageBuffer(Budget* budget = nullptr) noexcept
      : share_(budget ? Budget::Share(*budget) : Budget::Share()) {}

  /// Makes room for a message of exactly `size` bytes; false when the budget does not have them.
  [[nodiscard]] bool reserve(std::size_t size) {
    const std::size_t wanted = size + kPadding;
    if (wanted <= bytes_.capacity()) return true;
    if (wanted > kFree && !share_.grow_to(wanted - kFree)) return false;
    std::string larger;  // a string that has to grow takes twice what it had
    larger.reserve(wanted);
    larger += bytes_;
    bytes_ = std::move(larger);
    return true;
  }

  /// Appends a piece of a message that will have at most `most` bytes; false when the budget has no room for it.
  [[nodiscard]] bool append(std::string_view piece, std::size_t most) {
    const std::size_t size = bytes_.size() + piece.size();
    const bool fits = size + kPadding <= bytes_.capacity();
    if (!fits && !reserve(std::clamp(2 * bytes_.capacity(), size, std::max(size, most))) && !reserve(size))
      return false;
    bytes_ += piece;
    return true;
  }

  std::string& bytes() noexcept { return bytes_; }
  const std::string& bytes() const noexcept { return bytes_; }

  /// The message, with the padding behind it.
  std::string_view padded() {
    const std::size_t size = bytes_.size();
    bytes_.append(kPadding, '\0');
    return std::string_view(bytes_).substr(0, size);
  }

 private:
  std::string bytes_;
  Budget::Share share_;
};

}  // namespace suzaku::ws

#pragma once

#include <cstddef>
#include <string_view>

#include <tl/expected.hpp>

#include "http/refusal.hpp"

namespace suzaku::http {

/// Finds where the head of a request ends (request line, headers, the empty line), as bytes arrive, and refuses at once
/// what must not stand in one: bare LF or CR, folded lines, control characters, too many bytes. Because the head is
/// parsed only when it is whole, it cannot matter how the network cut it into pieces.
class HeadScanner {
 public:
  explicit HeadScanner(std::size_t limit) noexcept : limit_(limit) {}

  /// `text` starts at the first byte of the head and grows from call to call; each byte is looked at once.
  /// True when the head is whole: it is then text[begin(), end()).
  tl::expected<bool, Refusal> scan(std::string_view text);

  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return at_; }

 private:
  std::size_t limit_;
  std::size_t begin_ = 0;  // 2 after an empty line, one of which RFC 9112 (2.2) forgives before the request line
  std::size_t line_ = 0;   // where the current line starts
  std::size_t at_ = 0;     // everything before is in order
};

}  // namespace suzaku::http

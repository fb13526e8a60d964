#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suzaku::ws {

/// Reads the value of an HTTP header piece by piece: tokens, quoted strings and the signs between them (RFC 9110,
/// section 5.6). White space before each piece is skipped.
class HeaderScanner {
 public:
  explicit HeaderScanner(std::string_view text) noexcept : rest_(text) { skip_space(); }

  bool done() const noexcept { return rest_.empty(); }

  /// The next character, or NUL at the end.
  char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

  /// Passes `sign` when it is next.
  bool take(char sign) noexcept {
    if (rest_.empty() || rest_.front() != sign) return false;
    advance(1);
    return true;
  }

  /// The token that is next; empty when there is none.
  std::string_view token() noexcept {
    std::size_t size = 0;
    while (size < rest_.size() && is_token(rest_[size])) ++size;
    const std::string_view found = rest_.substr(0, size);
    advance(size);
    return found;
  }

  /// A token or a quoted string without its quotes; nothing when neither is next.
  std::optional<std::string> value() {
    if (peek() == '"') return quoted();
    const std::string_view found = token();
    if (found.empty()) return std::nullopt;
    return std::string(found);
  }

 private:
  static bool is_token(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
  }

  std::optional<std::string> quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        advance(i + 1);
        return text;
      }
      if (rest_[i] == '\\') ++i;
      if (i < rest_.size()) text += rest_[i];
    }
    return std::nullopt;
  }

  void advance(std::size_t size) noexcept {
    rest_.remove_prefix(size);
    skip_space();
  }

  void skip_space() noexcept {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

}  // namespace suzaku::ws

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace suzaku::http {

/// Takes the body out of chunked transfer coding (RFC 9112, section 7.1), as bytes arrive. Extensions and trailers are
/// skipped.
class ChunkedBody {
 public:
  /// Most bytes of the line before a chunk, and of all trailers.
  static constexpr std::size_t kMaxLine = 1024;
  static constexpr std::size_t kMaxTrailers = 16 * 1024;

  explicit ChunkedBody(std::size_t max_body) noexcept : room_(max_body) {}

  /// Appends to `body` and returns how many of the bytes were used: all of them, unless done() or failed().
  std::size_t feed(std::string_view bytes, std::string& body);

  bool done() const noexcept { return state_ == State::done; }
  bool failed() const noexcept { return !error_.empty(); }
  std::string_view error() const noexcept { return error_; }  // a literal
  bool is_too_large() const noexcept { return error_ == kTooLarge; }

 private:
  static constexpr std::string_view kTooLarge = "body too large";

  enum class State : std::uint8_t {
    size,   // of the next chunk, in hexadecimal
    blank,  // white space after it
    extension,
    size_end,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer,
    trailer_end,
    last_lf,
    done
  };

  State after(char c);
  State add_digit(char c);
  State end_of_digits(char c) noexcept;
  State end_of_size() noexcept;
  State expect(char c, char wanted, State next) noexcept;
  State fail(std::string_view error) noexcept;

  std::size_t room_;       // for more of the body
  std::size_t chunk_ = 0;  // size of the chunk; in `data`: what is still to come of it
  std::size_t line_ = 0;   // bytes of the line before a chunk, or of the trailers
  std::size_t digits_ = 0;
  std::string_view error_;
  State state_ = State::size;
};

}  // namespace suzaku::http

#include "http/chunked_body.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace suzaku::http {
std::size_t ChunkedBody::feed(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && !done() && !failed()) {
    if (state_ == State::data) {
      const std::string_view piece = bytes.substr(used, chunk_);
      body.append(piece);
      used += piece.size();
      chunk_ -= piece.size();
      if (chunk_ == 0) state_ = State::data_cr;
    } else {
      state_ = after(bytes[used++]);
    }
  }
  return used;
}

/// The state after one byte that is not of the body.
ChunkedBody::State ChunkedBody::after(char c) {
  switch (state_) {
    case State::size:
      return add_digit(c);
    case State::blank:
      if (++line_ > kMaxLine) return fail("the line before a chunk is too long");
      return end_of_digits(c);
    case State::extension:
      if (++line_ > kMaxLine) return fail("the line before a chunk is too long");
      if (c == '\r') return State::size_end;
      return ascii::is_control_but_tab(c) ? fail("malformed chunk") : State::extension;
    case State::size_end:
      return c == '\n' ? end_of_size() : fail("malformed chunk");
    case State::data_cr:
      return expect(c, '\r', State::data_lf);
    case State::data_lf:
      return expect(c, '\n', State::size);
    case State::trailer_start:
      if (c == '\r') return State::last_lf;
      [[fallthrough]];
    case State::trailer:
      if (++line_ > kMaxTrailers) return fail("trailers too large");
      if (c == '\r') return State::trailer_end;
      return ascii::is_control_but_tab(c) ? fail("malformed trailer") : State::trailer;
    case State::trailer_end:
      return expect(c, '\n', State::trailer_start);
    case State::last_lf:
      return expect(c, '\n', State::done);
    case State::data:
    case State::done:
      break;
  }
  return state_;
}

ChunkedBody::State ChunkedBody::add_digit(char c) {
  const int digit = ascii::hex_value(c);
  if (digit < 0) return digits_ == 0 ? fail("malformed chunk") : end_of_digits(c);
  if (++digits_ > kMaxLine) return fail("the line before a chunk is too long");
  if (chunk_ > room_ / 16) return fail(kTooLarge);
  chunk_ = chunk_ * 16 + static_cast<std::size_t>(digit);
  return chunk_ > room_ ? fail(kTooLarge) : State::size;
}

/// The state after a byte that follows the digits of a size, or white space after them.
ChunkedBody::State ChunkedBody::end_of_digits(char c) noexcept {
  if (c == '\r') return State::size_end;
  if (c == ';') return State::extension;
  return c == ' ' || c == '\t' ? State::blank : fail("malformed chunk");
}

ChunkedBody::State ChunkedBody::end_of_size() noexcept {
  line_ = 0;
  digits_ = 0;
  room_ -= chunk_;
  return chunk_ == 0 ? State::trailer_start : State::data;
}

ChunkedBody::State ChunkedBody::expect(char c, char wanted, State next) noexcept {
  return c == wanted ? next : fail("malformed chunk");
}

ChunkedBody::State ChunkedBody::fail(std::string_view error) noexcept {
  error_ = error;
  return state_;
}

}  // namespace suzaku::http

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
  if (digit < 0) {
    if (digits_ == 0) return fail("malformed chunk");
    if (c == '\r') return State::size_end;
    return c == ';' || c == ' ' || c == '\t' ? State::extension : fail("malformed chunk");
  }
  if (++digits_ > kMaxLine) return fail("the line before a chunk is too long");
  if (chunk_ > room_ / 16) return fail(kTooLarge);
  chunk_ = chunk_ * 16 + static_cast<std::size_t>(digit);
  return chunk_ > room_ ? fail(kTooLarge) : State::size;
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

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace suzaku::http {

struct Limits {
  std::size_t header_bytes = 8 * 1024;   // request line and headers together; more is 431
  std::size_t body_bytes = 8'000'000;    // more is 413
};

/// Reads HTTP/1.0 and 1.1 requests from a stream of bytes, one after another (keep-alive, pipelining). No I/O. Beast's
/// parser does the work, in request_parser.cpp alone; what it lets pass and RFC 9112 forbids is refused here.
class RequestParser {
 public:
  enum class State { need_more, done, failed };

  explicit RequestParser(Limits limits);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Reads bytes; `used` says how many belong to this request (the rest is the next request, or WebSocket frames).
  /// Call again with more bytes while it says need_more.
  State feed(std::string_view bytes, std::size_t& used);

  /// After done: the request; the parser is then ready for the next one.
  Request take();

  /// True when no byte of the current request has come yet (then a time-out is an idle keep-alive, not a slow request).
  bool idle() const noexcept;

  /// After failed: the status to answer before closing (400, 413, 414, 417, 431, 501, 505) and why, for the body.
  int error_status() const noexcept;
  const std::string& error_reason() const noexcept;
};

}  // namespace suzaku::http

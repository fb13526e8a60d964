#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/request.hpp"

namespace suzaku::http {

/// Is told of each request once its head has come, before its body is read.
class HeadListener {
 public:
  /// Returns the most bytes of body that the request may have.
  virtual std::size_t on_head(const Request& head) = 0;

 protected:
  ~HeadListener() = default;
};

struct Limits {
  std::size_t header_bytes = 8 * 1024;    // request line and headers together; more is 414 or 431
  std::size_t body_bytes = 8'000'000;     // more is 413
  HeadListener* head_listener = nullptr;  // its limit is used instead of body_bytes
};

/// Most headers that one request may have; more is 431.
inline constexpr std::size_t kMaxHeaders = 100;

/// Reads HTTP/1.0 and 1.1 requests from a stream of bytes, one after another (keep-alive, pipelining). No I/O. Beast's
/// parser does the work, in request_parser.cpp alone; what it lets pass and RFC 9112 forbids is refused here.
/// Small while idle: memory is taken with the first byte of a request, and for a body only as its bytes come.
class RequestParser {
 public:
  enum class State { need_more, done, failed };

  explicit RequestParser(Limits limits);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Reads bytes; `used` says how many belong to this request (the rest is the next request, or WebSocket frames).
  /// Call again with more bytes while it says need_more. After done (until take()) and after failed it uses nothing
  /// and says the same again.
  State feed(std::string_view bytes, std::size_t& used);

  /// After done: the request; the parser is then ready for the next one. std::logic_error at any other time.
  Request take();

  /// True when no byte of the current request has come yet (then a time-out is an idle keep-alive, not a slow request).
  bool idle() const noexcept { return reading_ == nullptr; }

  /// The head of a request whose client waits for "100 Continue" before it sends the body; null at any other time, and
  /// when it is asked for again. Valid until the next call of feed().
  const Request* take_continue() noexcept;

  /// After failed: the status to answer before closing (400, 413, 414, 417, 431, 501, 505) and why, for the body.
  /// 0 and nothing at any other time.
  int error_status() const noexcept;
  std::string_view error_reason() const noexcept;

 private:
  class Reading;  // one request, from its first byte until it is taken

  Limits limits_;
  std::unique_ptr<Reading> reading_;
};

}  // namespace suzaku::http

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suzaku::http {

/// What a server answered. Plain data.
struct ReceivedResponse {
  int status = 0;
  std::string reason;                                        // the reason phrase; many servers send none
  bool keep_alive = true;                                    // the connection may carry another request
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-cased, in order, repeated ones kept
  std::string body;                                          // without Transfer-Encoding, but still Content-Encoding

  const std::string* header(std::string_view lower_case_name) const noexcept;  // the first of that name, or null
};

struct ResponseLimits {
  std::size_t head_bytes = 16 * 1024;
  std::size_t body_bytes = 8'000'000;
};

/// Most headers that one response may have, and most interim ones (100 Continue) before it.
inline constexpr std::size_t kMaxResponseHeaders = 100;
inline constexpr std::size_t kMaxInterimResponses = 10;

/// Reads HTTP/1.0 and 1.1 responses from a stream of bytes, one after another. No I/O. A body ends by Content-Length,
/// chunked, or with the connection. Interim responses (1xx) are passed over, but for 101: like an answer to CONNECT
/// that says 2xx it has no body, and what follows it are bytes of another protocol. Beast's parser does the work, in
/// response_parser.cpp alone. Memory is taken with the first byte of a response, and for a body only as its bytes come.
class ResponseParser {
 public:
  enum class State { need_more, done, failed };
  /// What was asked: the answers end differently.
  enum class Asked { ordinary, connect };

  explicit ResponseParser(ResponseLimits limits = {}, Asked asked = Asked::ordinary);
  ~ResponseParser();
  ResponseParser(ResponseParser&&) noexcept;
  ResponseParser& operator=(ResponseParser&&) noexcept;

  /// Reads bytes; `used` says how many belong to this response (the rest is the next one, or another protocol). Call
  /// again with more bytes while it says need_more. After done (until take()) and after failed it uses nothing and says
  /// the same again.
  State feed(std::string_view bytes, std::size_t& used);

  /// The connection has ended: so does a body without a length. `failed` when something is missing.
  State feed_end();

  /// After done: the response; the parser is then ready for the next one. std::logic_error at any other time.
  ReceivedResponse take();

  /// The response as far as it has come, also after failed; null while its head is not whole or was malformed.
  const ReceivedResponse* partial() const noexcept;

  /// True when no byte of the current response has come yet.
  bool idle() const noexcept { return reading_ == nullptr; }

  /// After failed: what was wrong with the response, in a few words without a full stop. Else empty.
  std::string_view error() const noexcept;

 private:
  class Reading;  // one response, from its first byte until it is taken

  ResponseLimits limits_;
  Asked asked_;
  std::unique_ptr<Reading> reading_;
};

}  // namespace suzaku::http

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suzaku::http {

/// An answer to a request. Plain data.
struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Plain text, which no browser may take for anything else.
  static Response text(int status, std::string body);
};

/// The reason phrase of a status ("Not Found"); "Unknown" for one that we do not know.
std::string_view reason_phrase(int status) noexcept;

/// The bytes to send. Adds content-length, date and connection (so the response must not carry them); for a HEAD
/// request leaves the body out but keeps its length. 204 and 304 have neither body nor length, and 101 gets a date
/// only: its `connection: Upgrade` is the response's own. A header name that is no token, or a value with a control
/// character, is a broken promise (std::invalid_argument): it would allow response splitting.
std::string serialize(const Response& response, bool keep_alive, bool head_request = false);

/// The head of an answer whose body follows in parts, which the response must not have: in chunks, or up to the end of
/// the connection.
std::string serialize_head(const Response& response, bool keep_alive, bool chunked);

}  // namespace suzaku::http

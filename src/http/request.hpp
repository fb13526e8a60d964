#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suzaku::http {

/// A received request. Plain data.
struct Request {
  std::string method;
  std::string target;  // path and query, also when sent in absolute form; "*" for OPTIONS, host:port for CONNECT
  bool http_1_0 = false;
  bool keep_alive = true;
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-cased, in order, repeated ones kept
  std::string body;

  std::string_view path() const noexcept;                                      // of target, before '?'
  std::string_view query() const noexcept;                                     // of target, after '?'
  const std::string* header(std::string_view lower_case_name) const noexcept;  // the first of that name, or null
};

}  // namespace suzaku::http

#include "http/request_rules.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.hpp"

namespace suzaku::http {
namespace {

/// Length of "http://" or "https://" at the front of a target, 0 without.
std::size_t scheme_length(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"})
    if (ascii::equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  return 0;
}

/// The host[:port] of an absolute target; empty for other forms.
std::string_view authority(std::string_view target) noexcept {
  const std::size_t start = scheme_length(target);
  if (start == 0) return {};
  return target.substr(start, target.find_first_of("/?", start) - start);
}

std::optional<Refusal> check_target(const Request& request) {
  const std::string_view target = request.target;
  if (target.find('#') != std::string_view::npos) return Refusal{400, "fragment in the request target"};
  if (target.starts_with('/') || request.method == "CONNECT") return {};
  if (target == "*" && request.method == "OPTIONS") return {};
  const std::string_view host = authority(target);
  if (host.empty() || !is_host(host)) return Refusal{400, "malformed request target"};
  return {};
}

std::optional<Refusal> check_host(const Request& request) {
  int hosts = 0;
  for (const auto& [name, value] : request.headers) {
    if (name != "host") continue;
    ++hosts;
    if (!is_host(value)) return Refusal{400, "malformed Host header"};
  }
  if (hosts > 1) return Refusal{400, "more than one Host header"};
  if (hosts == 0 && !request.http_1_0) return Refusal{400, "no Host header"};
  return {};
}

std::optional<Refusal> check_framing(const Request& request) {
  int lengths = 0;
  int encodings = 0;
  bool is_chunked = false;
  for (const auto& [name, value] : request.headers) {
    if (name == "transfer-encoding") {
      ++encodings;
      is_chunked = ascii::equal_ignoring_case(value, "chunked");
    }
    if (name != "content-length") continue;
    ++lengths;
    if (value.empty() || !std::ranges::all_of(value, ascii::is_digit)) return Refusal{400, "malformed Content-Length"};
  }
  if (lengths > 1) return Refusal{400, "more than one Content-Length"};
  if (encodings > 0 && lengths > 0) return Refusal{400, "both Content-Length and Transfer-Encoding"};
  if (encodings > 0 && request.http_1_0) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
  if (encodings > 1 || (encodings == 1 && !is_chunked))
    return Refusal{501, "the only Transfer-Encoding that is supported is chunked"};
  return {};
}

std::optional<Refusal> check_expectation(const Request& request) {
  const std::string* expect = request.header("expect");
  if (!expect || request.http_1_0 || ascii::equal_ignoring_case(*expect, "100-continue")) return {};
  return Refusal{417, "the only expectation that is supported is 100-continue"};
}

}  // namespace

bool is_host(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    return ascii::is_digit(c) || ascii::is_letter(c) ||
           std::string_view("-._~%!$&'()*+;=:[]").find(c) != std::string_view::npos;
  });
}

std::optional<Refusal> check_rules(const Request& request) {
  for (const auto check : {check_framing, check_host, check_target, check_expectation})
    if (auto refusal = check(request)) return refusal;
  return {};
}

void resolve_absolute_target(Request& request) {
  const std::string host{authority(request.target)};
  if (host.empty()) return;
  request.target.erase(0, scheme_length(request.target) + host.size());
  if (!request.target.starts_with('/')) request.target.insert(0, 1, '/');

  const auto header = std::ranges::find(request.headers, "host", [](const auto& h) { return h.first; });
  if (header == request.headers.end()) {
    request.headers.emplace_back("host", host);
  } else {
    header->second = host;
  }
}

}  // namespace suzaku::http

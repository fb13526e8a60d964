#include "client/core/redact.hpp"

#include <algorithm>

#include "http/query.hpp"
#include "protocol/redact.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::client::core {
namespace {

constexpr std::string_view kRedacted = "[redacted]";

/// `query` begins with its '?', and a fragment may follow; or there is only one; or nothing.
void redact_query(std::string& out, std::string_view query, std::span<const std::string> secrets) {
  const std::size_t end = std::min(query.find('#'), query.size());
  for (std::size_t i = 0; i < end;) {  // at the '?' or a '&'
    const std::size_t next = std::min(query.find('&', i + 1), end);
    const std::string_view pair = query.substr(i, next - i);
    const std::size_t value = pair.find('=') + 1;  // 0 when there is none
    const bool hide = value > 0 && protocol::is_secret(http::percent_decode(pair.substr(1, value - 2), true), secrets);
    out += hide ? pair.substr(0, value) : pair;
    if (hide) out += kRedacted;
    i = next;
  }
  out += query.substr(end);
}

}  // namespace

std::string redact_url(std::string_view url, std::span<const std::string> secrets) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t query = std::min(url.find_first_of("?#", path), url.size());

  std::string out(url.substr(0, host));
  const std::string_view authority = url.substr(host, path - host);
  const std::size_t at = authority.rfind('@');
  if (at != authority.npos) out += kRedacted;
  out += at == authority.npos ? authority : authority.substr(at);
  out += url.substr(path, query - path);
  redact_query(out, url.substr(query), secrets);
  return out;
}

std::string redact_json(std::string_view text, std::span<const std::string> secrets) {
  protocol::StrictJson parser;
  const auto json = parser.parse_unpadded(text);
  if (!json) return "[not JSON: " + std::to_string(text.size()) + " bytes]";
  if (!json->is_object() && !json->is_array()) return std::string(text);
  return protocol::redact_json(text, secrets, kRedacted);
}

}  // namespace suzaku::client::core

#include "server/origin.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/ascii.hpp"
#include "net/ip.hpp"

namespace suzaku::server {
namespace {

/// The parts of "scheme://host:port" or "//host:port".
struct Origin {
  std::string scheme;  // lower case; empty when there is none
  std::string host;
  std::optional<unsigned> port;  // as written, or implied by the scheme
};

std::optional<unsigned> implied_port(std::string_view scheme) noexcept {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  return std::nullopt;
}

/// Splits "host:port" and "[::1]:port"; false when the port is no number.
bool take_authority(std::string_view authority, Origin& origin) {
  if (const auto at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon != authority.npos && (bracket == authority.npos || colon > bracket)) {
    const std::string_view digits = authority.substr(colon + 1);
    unsigned port = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failed != std::errc{} || end != digits.data() + digits.size() || port > 65535) return false;
    origin.port = port;
    authority = authority.substr(0, colon);
  }
  origin.host = authority;
  return true;
}

/// Nothing when there is no host ("null", "file://", "example.com").
std::optional<Origin> parse(std::string_view text) {
  const auto slashes = text.find("//");
  if (slashes == text.npos) return std::nullopt;
  Origin origin;
  if (slashes > 0) {
    if (text[slashes - 1] != ':') return std::nullopt;
    origin.scheme = ascii::lower_case(text.substr(0, slashes - 1));
  }
  origin.port = implied_port(origin.scheme);
  const std::string_view rest = text.substr(slashes + 2);
  if (!take_authority(rest.substr(0, rest.find_first_of("/?#")), origin) || origin.host.empty()) return std::nullopt;
  return origin;
}

std::string no_host(std::string_view entry) {
  return "check_origin: \"" + std::string(entry) +
         "\" has no host; expected true, false, conn, or origins such as https://example.com or //*.example.com";
}

bool host_matches(std::string_view pattern, std::string_view host) noexcept {
  if (!pattern.starts_with("*.")) return pattern == host;
  return host == pattern.substr(2) || host.ends_with(pattern.substr(1));
}

bool matches(const Origin& allowed, const Origin& origin) noexcept {
  return (allowed.scheme.empty() || allowed.scheme == origin.scheme) &&
         (!allowed.port || allowed.port == origin.port) && host_matches(allowed.host, origin.host);
}

/// A page of this machine, loaded by HTTP, while the server listens on loopback addresses only.
bool is_of_this_machine(const Origin& origin, std::string_view host, const RequestOrigin& request) {
  return request.is_local_only && (origin.scheme == "http" || origin.scheme == "https") &&
         net::is_loopback_host(origin.host) && net::is_loopback_host(host);
}

bool is_own(const Origin& origin, const RequestOrigin& request) {
  Origin own{.scheme = request.secure ? "https" : "http", .host = {}, .port = {}};
  own.port = implied_port(own.scheme);
  if (!take_authority(request.host_header, own)) return false;
  return (origin.scheme == own.scheme && origin.host == own.host && origin.port == own.port) ||
         is_of_this_machine(origin, own.host, request);
}

}  // namespace

void require_valid(const CheckOrigin& policy) {
  for (const std::string& entry : policy.origins)
    if (!parse(entry)) throw std::invalid_argument(no_host(entry));
}

Result<CheckOrigin> CheckOrigin::parse(std::string_view text) {
  if (text == "true") return CheckOrigin{.kind = Kind::host, .origins = {}};
  if (text == "false") return CheckOrigin{.kind = Kind::any, .origins = {}};
  if (text == "conn") return CheckOrigin{.kind = Kind::request, .origins = {}};
  CheckOrigin result{.kind = Kind::list, .origins = {}};
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    std::string_view entry = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (!suzaku::server::parse(entry)) return failure(ErrorCode::invalid, no_host(entry));
    result.origins.emplace_back(entry);
  }
  if (result.origins.empty())
    return failure(ErrorCode::invalid, "check_origin is empty; expected true, false, conn, or a list of origins");
  return result;
}

bool origin_allowed(const CheckOrigin& policy, std::string_view url_host, std::string_view text,
                    const RequestOrigin& request) {
  if (policy.kind == CheckOrigin::Kind::any) return true;
  const auto origin = parse(text);
  if (!origin) return false;
  switch (policy.kind) {
    case CheckOrigin::Kind::any:
      return true;
    case CheckOrigin::Kind::host:
      return origin->host == url_host || is_of_this_machine(*origin, url_host, request);
    case CheckOrigin::Kind::request:
      return is_own(*origin, request);
    case CheckOrigin::Kind::list:
      return std::ranges::any_of(policy.origins, [&](const std::string& entry) {
        const auto allowed = parse(entry);
        return allowed && matches(*allowed, *origin);
      });
  }
  return false;
}

}  // namespace suzaku::server

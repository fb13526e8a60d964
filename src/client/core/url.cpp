#include "client/core/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

#include "base/ascii.hpp"
#include "base/percent_encode.hpp"

namespace suzaku::client::core {
namespace {

constexpr std::size_t kLongestHost = 253;  // of a name in DNS

std::optional<bool> is_secure(std::string_view scheme) {
  if (scheme == "wss" || scheme == "https") return true;
  if (scheme == "ws" || scheme == "http") return false;
  return {};
}

/// Keeps the characters that may stand in a path or a query (RFC 3986), and '%', '[' and ']', which servers are used
/// to.
std::string encoded(std::string_view path_and_query) {
  return (path_and_query.starts_with('/') ? "" : "/") + percent_encode(path_and_query, "!$&'()*+,;=:@/?%[]");
}

Result<std::uint16_t> parse_port(std::string_view text, bool secure) {
  if (text.empty()) return secure ? 443 : 80;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535)
    return failure("bad port \"" + std::string(text) + "\" in the URL: expected a number from 1 to 65535");
  return static_cast<std::uint16_t>(port);
}

Result<std::string> parse_ipv6(std::string_view text) {
  std::string host = ascii::lower_case(text);
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1)
    return failure("\"[" + host + "]\" in the URL is no IPv6 address: expected one such as [::1]");
  return host;
}

Result<std::string> parse_name(std::string_view text) {
  if (text.empty()) return failure("the URL has no host: expected one such as wss://example.com/socket");
  if (text.find(':') != text.npos)
    return failure("the URL's host has more than one colon: an IPv6 address stands in brackets, such as ws://[::1]/");
  const auto allowed = [](char c) {
    return ascii::is_letter(c) || ascii::is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  if (text.size() > kLongestHost || !std::all_of(text.begin(), text.end(), allowed))
    return failure("the URL's host is no host name: expected at most " + std::to_string(kLongestHost) +
                   " letters, digits, dots, hyphens and underscores (other alphabets as punycode, xn--...)");
  return ascii::lower_case(text);
}

/// "[::1]:4000" or "example.com:4000" or without the port.
Result<void> parse_host_and_port(std::string_view text, Url& url) {
  Result<std::string> host;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return failure("a bracket is not closed in the URL's host: expected one such as [::1]");
    host = parse_ipv6(text.substr(1, end - 1));
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':'))
      return failure("only a port may follow the bracket in the URL's host: expected one such as [::1]:4000");
  } else {
    const std::size_t colon = text.rfind(':');
    host = parse_name(text.substr(0, colon));
    if (colon != text.npos) port = text.substr(colon);
  }
  if (!host) return tl::unexpected(host.error());
  const auto number = parse_port(port.substr(port.empty() ? 0 : 1), url.is_secure);
  if (!number) return tl::unexpected(number.error());
  url.host = *std::move(host);
  url.port = *number;
  return {};
}

}  // namespace

std::string Url::host_and_port() const {
  return (is_ipv6() ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string Url::authority() const {
  std::string text = host_and_port();
  return is_default_port() ? text.substr(0, text.rfind(':')) : text;
}

std::string Url::text(std::string_view scheme) const {
  return std::string(scheme) + (is_secure ? "s" : "") + "://" + authority() + path_and_query;
}

namespace {

Result<Url> parse(std::string_view text) {
  constexpr std::string_view kSchemes = "expected ws, wss, http or https";
  if (std::any_of(text.begin(), text.end(), ascii::is_control))
    return failure("the URL holds a control character, such as a line break: write it percent-encoded, such as %0A");
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == text.npos || text.find_first_of("/?#") < scheme_end)
    return failure("the URL has no scheme: " + std::string(kSchemes) + ", such as wss://example.com/socket");

  const auto secure = is_secure(ascii::lower_case(text.substr(0, scheme_end)));
  if (!secure)
    return failure("unknown scheme \"" + std::string(text.substr(0, scheme_end)) + "\": " + std::string(kSchemes));
  if (text.find('#') != text.npos)
    return failure("the URL has a fragment (\"#...\"), which is never sent: take it away, or write # as %23");

  Url url;
  url.is_secure = *secure;
  std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  url.path_and_query = encoded(rest.substr(path));
  rest = rest.substr(0, path);
  if (const std::size_t at = rest.rfind('@'); at != rest.npos) {
    url.user_info = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  if (const auto done = parse_host_and_port(rest, url); !done) return tl::unexpected(done.error());
  return url;
}

}  // namespace

/// A "/", "?" or ":" in a password splits the URL in the wrong place: the text of an error would hold a part of it.
Result<Url> parse_url(std::string_view text) {
  auto url = parse(text);
  if (url || text.find('@') == text.npos) return url;
  return failure(
      "the URL, which has an \"@\", cannot be read: expected one such as wss://user:password@example.com/socket, with "
      "user and password percent-encoded");
}

}  // namespace suzaku::client::core

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

namespace suzaku::client::core {

/// An absolute ws, wss, http or https URL in its parts.
struct Url {
  bool is_secure = false;      // wss and https
  std::string user_info;       // "user:password" as it stands in the URL; "" when there is none
  std::string host;            // in lower case, an IPv6 address without its brackets; never empty
  std::uint16_t port = 0;      // the scheme's, 80 or 443, when the URL names none
  std::string path_and_query;  // begins with a slash; printable ASCII without spaces: fit for a request line

  bool is_default_port() const noexcept { return port == (is_secure ? 443 : 80); }
  bool is_ipv6() const noexcept { return host.find(':') != std::string::npos; }
  /// The value of a Host header: the host (an IPv6 address in brackets), and the port unless it is the scheme's own.
  std::string authority() const;
  /// The same, always with the port: what CONNECT asks a proxy for.
  std::string host_and_port() const;
  /// The whole URL again, as ws:// or wss:// ("http": as http:// or https://), without the user info.
  std::string text(std::string_view scheme = "ws") const;
};

/// Fails with a text that says what is wrong and what was expected; it never repeats the query, the user or the
/// password. Characters that no request line can hold are percent-encoded in the path and the query.
Result<Url> parse_url(std::string_view text);

}  // namespace suzaku::client::core

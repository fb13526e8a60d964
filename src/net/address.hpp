#pragma once

#include <cstdint>
#include <string>

namespace suzaku::net {

/// The other end of a connection.
struct Address {
  std::string host;  // "127.0.0.1", "::1"; IPv4 clients of a dual-stack listener show as IPv4
  std::uint16_t port = 0;

  /// "127.0.0.1:4000", "[::1]:4000"; the host alone when the port is not known, which is 0.
  std::string text() const {
    if (port == 0) return host;
    const bool is_ipv6 = host.find(':') != host.npos;
    return (is_ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
  }
};

}  // namespace suzaku::net

#pragma once

#include <cstdint>
#include <string>

namespace suzaku::net {

/// The other end of a connection.
struct Address {
  std::string host;  // "127.0.0.1", "::1"; IPv4 clients of a dual-stack listener show as IPv4
  std::uint16_t port = 0;
};

}  // namespace suzaku::net

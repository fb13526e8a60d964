#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "net/ip.hpp"

namespace suzaku::net {

/// The other end of a connection. Small, since servers have one for each of very many clients.
class Address {
 public:
  Address() = default;
  /// An IPv4 address that is written as IPv6 is IPv4 again. A port that is not known is 0.
  Address(const Ip& ip, std::uint16_t port) : endpoint_(unmapped(ip), port) {}
  explicit Address(const boost::asio::ip::tcp::endpoint& endpoint) : Address(endpoint.address(), endpoint.port()) {}

  Ip ip() const { return endpoint_.address(); }
  /// "127.0.0.1", "::1".
  std::string host() const { return ip().to_string(); }
  std::uint16_t port() const noexcept { return endpoint_.port(); }

  /// "127.0.0.1:4000", "[::1]:4000"; the host alone when the port is not known.
  std::string text() const {
    if (port() == 0) return host();
    return (ip().is_v6() ? '[' + host() + ']' : host()) + ':' + std::to_string(port());
  }

 private:
  boost::asio::ip::tcp::endpoint endpoint_;
};

}  // namespace suzaku::net

#pragma once

#include <string_view>

#include <suzaku/result.hpp>

#include "net/ip.hpp"

namespace suzaku::net {

/// All IP addresses that begin with the same bits.
class Network {
 public:
  /// From an address ("192.0.2.7", "::1"), or one with the number of bits that count ("10.0.0.0/8", "fd00::/8").
  static Result<Network> parse(std::string_view text);

  bool contains(const Ip& ip) const;

 private:
  Network(const Ip& ip, unsigned bits) : ip_(ip), bits_(bits) {}

  Ip ip_;  // unmapped
  unsigned bits_;
};

}  // namespace suzaku::net

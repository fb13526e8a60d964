#include "net/network.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>

namespace suzaku::net {
namespace {

constexpr unsigned kMapped = 96;  // bits before an IPv4 address that is written as IPv6

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (failed != std::errc{} || end != text.data() + text.size() || bits > most) return std::nullopt;
  return bits;
}

template <class Bytes>
bool begin_alike(const Bytes& a, const Bytes& b, unsigned bits) {
  for (std::size_t i = 0; bits > 0; ++i) {
    const unsigned here = std::min(bits, 8U);
    if ((a[i] ^ b[i]) >> (8 - here) != 0) return false;
    bits -= here;
  }
  return true;
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const auto wrong = failure("\"" + std::string(text) +
                             "\" is no address or network; expected one such as 192.0.2.7, 10.0.0.0/8 or fd00::/8");
  const auto slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const auto ip = parse_ip(address);
  if (!ip || address.find('%') != address.npos) return wrong;
  const bool is_mapped = ip->is_v4() && address.find(':') != address.npos;
  const unsigned most = ip->is_v4() && !is_mapped ? 32 : 128;
  const auto bits = slash == text.npos ? most : parse_bits(text.substr(slash + 1), most);
  if (!bits || (is_mapped && *bits < kMapped)) return wrong;
  return Network(*ip, is_mapped ? *bits - kMapped : *bits);
}

bool Network::contains(const Ip& ip) const {
  const Ip other = unmapped(ip);
  if (other.is_v4() != ip_.is_v4()) return false;
  return ip_.is_v4() ? begin_alike(ip_.to_v4().to_bytes(), other.to_v4().to_bytes(), bits_)
                     : begin_alike(ip_.to_v6().to_bytes(), other.to_v6().to_bytes(), bits_);
}

}  // namespace suzaku::net

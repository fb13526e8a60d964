#include "net/ip.hpp"

#include <string>

#include "base/ascii.hpp"

namespace suzaku::net {

Ip unmapped(const Ip& ip) {
  if (!ip.is_v6() || !ip.to_v6().is_v4_mapped()) return ip;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, ip.to_v6());
}

std::optional<Ip> parse_ip(std::string_view text) {
  boost::system::error_code failed;
  const Ip ip = boost::asio::ip::make_address(std::string(text), failed);
  if (failed) return std::nullopt;
  return unmapped(ip);
}

bool is_localhost(std::string_view name) {
  std::string lower = ascii::lower_case(name);
  if (lower.ends_with('.')) lower.pop_back();
  return lower == "localhost" || lower.ends_with(".localhost");
}

bool is_loopback_host(std::string_view host) {
  if (is_localhost(host)) return true;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto ip = parse_ip(host);
  return ip && ip->is_loopback();
}

}  // namespace suzaku::net

#pragma once

#include <optional>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace suzaku::net {

using Ip = boost::asio::ip::address;

/// An IPv4 address that is written as IPv6 ("::ffff:192.0.2.7") is IPv4 again; others stay as they are.
Ip unmapped(const Ip& ip);

/// From "192.0.2.7" or "2001:db8::1", unmapped.
std::optional<Ip> parse_ip(std::string_view text);

/// Whether the name is "localhost" or ends with ".localhost": this machine, by RFC 6761.
bool is_localhost(std::string_view name);

/// Whether the host of a URL is this machine: such a name, 127.0.0.0/8 or ::1, with or without brackets.
bool is_loopback_host(std::string_view host);

}  // namespace suzaku::net

#pragma once

#include <vector>

#include <boost/asio/ip/tcp.hpp>

/// Addresses as Asio knows them.
namespace suzaku::net {

using Endpoint = boost::asio::ip::tcp::endpoint;

/// The order in which the addresses of a name are tried (RFC 8305, 4): the families in turn, beginning with that of the
/// first, each in the order given; none twice, and at most 16 of them.
std::vector<Endpoint> interleave(const std::vector<Endpoint>& endpoints);

}  // namespace suzaku::net

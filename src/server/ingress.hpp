#pragma once

#include <string>
#include <vector>

#include <suzaku/server/options.hpp>

#include "http/request.hpp"
#include "net/address.hpp"
#include "net/network.hpp"
#include "transport/http_session.hpp"

namespace suzaku::server {

/// Who made a request, and to where, as far as it is known here.
struct Caller {
  net::Address address;
  bool secure = false;
  std::string host;            // of the Host header, with port
  bool is_local_only = false;  // nobody but programs of this machine can reach the server
};

/// The way by which requests reach the server. Filled before the start, then read by all loops.
class Ingress {
 public:
  /// Throws std::invalid_argument when one of the trusted proxies is no address or network.
  explicit Ingress(const EndpointOptions& options);

  /// The caller of a request that `peer` has sent. The word of a trusted proxy is taken for who sent it the request,
  /// and that of the trusted proxies that it names in turn. What stands before that in the headers may be anybody's.
  Caller caller_of(const http::Request& request, const transport::Client& peer) const;

  /// Told at the start: whether all addresses that the server listens on are of the loopback.
  void set_loopback(bool is_loopback) noexcept { is_loopback_ = is_loopback; }

 private:
  bool is_trusted(const net::Ip& ip) const;

  std::vector<net::Network> proxies_;
  bool is_loopback_ = false;
};

}  // namespace suzaku::server

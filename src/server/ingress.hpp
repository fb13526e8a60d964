#pragma once

#include <string>
#include <vector>

#include <suzaku/server/options.hpp>
#include <suzaku/server/request_info.hpp>

#include "http/path_pattern.hpp"
#include "http/request.hpp"
#include "net/address.hpp"
#include "net/network.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// Who made a request, and to which host.
struct Caller {
  net::Address address;
  bool secure = false;
  std::string host;            // of the Host header, with port
  bool is_local_only = false;  // only programs of this machine can reach the server
};

/// What user code is told of a request.
RequestInfo request_info(const http::Request& request, const Caller& caller, JsonObject params);

/// Adds the variables of a path to the params. False when one is not UTF-8.
bool add_variables(JsonObject& params, const http::PathPattern::Variables& variables);

/// Finds the caller of a request, also behind trusted proxies. Filled before the start, then read by all loops.
class Ingress {
 public:
  /// Throws std::invalid_argument when one of the trusted proxies is no address or network.
  explicit Ingress(const EndpointOptions& options);

  /// The caller of a request that `peer` has sent. A trusted proxy is believed when it names its own peer; if that is a
  /// trusted proxy too, so is the one before. Earlier entries of the headers may be forged, and are not used.
  Caller caller_of(const http::Request& request, const transport::Client& peer) const;

  /// Set at the start: whether the server listens on loopback addresses only.
  void set_loopback(bool is_loopback) noexcept { is_loopback_ = is_loopback; }

 private:
  bool is_trusted(const net::Ip& ip) const;

  std::vector<net::Network> proxies_;
  bool is_loopback_ = false;
};

}  // namespace suzaku::server

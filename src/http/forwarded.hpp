#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/request.hpp"

/// What proxies say of the requests that they hand on.
namespace suzaku::http {

/// What one proxy says of the request that it has received. Anybody can write such headers: believe a hop only when the
/// one before it names a proxy that you trust.
struct Hop {
  std::string node;  // who sent the request, without port and brackets; empty when the proxy does not say
  std::uint16_t port = 0;
  std::optional<bool> secure;  // whether it came over TLS
  std::string host;            // of its Host header, with port

  bool operator==(const Hop&) const = default;
};

/// The hops of a request, that of the nearest proxy first: from X-Forwarded-For, -Proto and -Host if there is any of
/// them, otherwise from Forwarded (RFC 7239). Lines of one header count as one list.
///
/// X-Forwarded-Proto and -Host with one value hold for all hops; their lists align with the end of X-Forwarded-For. A
/// header whose value is malformed counts as absent, and so does a malformed line of Forwarded with all lines before
/// it.
std::vector<Hop> hops(const Request& request);

}  // namespace suzaku::http

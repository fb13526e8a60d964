#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/json.hpp>

namespace suzaku::server {

/// Names and values; the names of those that were received are in lower case.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// What is known of an HTTP request, and of who made it.
struct RequestInfo {
  JsonObject params;  // of the query, decoded as Phoenix does ("a[b]=1" nests); variables of the path win over it
  HttpHeaders headers;
  // Of the connection, or what one of EndpointOptions::trusted_proxies says of its client.
  std::string peer_address;     // "192.0.2.7"
  std::uint16_t peer_port = 0;  // 0 when a proxy does not say
  bool secure = false;          // came over TLS
  std::string host;             // of the Host header, with port
  std::string path;             // as it was sent, without the query
  std::string query;            // not decoded

  /// A parameter, when it is there and a plain string.
  std::optional<std::string> param(std::string_view key) const;
  /// The first header of this name (in lower case), or null.
  const std::string* header(std::string_view name) const noexcept;
};

}  // namespace suzaku::server

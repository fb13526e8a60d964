#include "server/ingress.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/forwarded.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::server {

RequestInfo request_info(const http::Request& request, const Caller& caller, JsonObject params) {
  return {.params = std::move(params),
          .headers = request.headers,
          .peer_address = caller.address.host(),
          .peer_port = caller.address.port(),
          .secure = caller.secure,
          .host = caller.host,
          .path = std::string(request.path()),
          .query = std::string(request.query())};
}

bool add_variables(JsonObject& params, const http::PathPattern::Variables& variables) {
  for (const auto& [name, value] : variables) {
    try {
      protocol::require_utf8(value);
    } catch (const std::invalid_argument&) {
      return false;
    }
    params.insert_or_assign(name, Json(value));
  }
  return true;
}

Ingress::Ingress(const EndpointOptions& options) {
  for (const std::string& text : options.trusted_proxies) {
    auto network = net::Network::parse(text);
    if (!network) throw std::invalid_argument("trusted_proxies: " + network.error().message);
    proxies_.push_back(*std::move(network));
  }
}

bool Ingress::is_trusted(const net::Ip& ip) const {
  return std::ranges::any_of(proxies_, [&](const net::Network& proxy) { return proxy.contains(ip); });
}

Caller Ingress::caller_of(const http::Request& request, const transport::Client& peer) const {
  const std::string* host = request.header("host");
  Caller caller{.address = peer.address,
                .secure = peer.secure,
                .host = host ? *host : "",
                .is_local_only = is_loopback_ && proxies_.empty()};
  if (proxies_.empty()) return caller;
  if (!is_trusted(peer.address.ip())) return caller;
  for (const http::Hop& hop : http::hops(request)) {
    if (hop.secure) caller.secure = *hop.secure;
    if (!hop.host.empty()) caller.host = hop.host;
    const std::optional<net::Ip> sender = net::parse_ip(hop.node);
    if (!sender) break;  // the proxy does not say
    caller.address = {*sender, hop.port};
    if (!is_trusted(*sender)) break;
  }
  return caller;
}

}  // namespace suzaku::server

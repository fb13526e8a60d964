#pragma once

#include <string_view>

#include <suzaku/server/options.hpp>

namespace suzaku::server {

/// The address that the request was sent to.
struct RequestOrigin {
  bool secure;
  std::string_view host_header;  // "example.com:4000"
  bool is_local_only = false;    // only programs of this machine can reach the server
};

/// Throws std::invalid_argument when an entry of the list has no host.
void require_valid(const CheckOrigin& policy);

/// Whether a page of this origin (the Origin header's value) may connect, by Phoenix's rules: the case of a host
/// counts, "https://host" implies port 443 and "http://host" 80, "*.host" also means the host itself. One rule is not
/// Phoenix's, and helps during development: for a server that is local only, `host` and `request` treat all loopback
/// hosts (localhost, *.localhost, 127.0.0.0/8, [::1]) as one host, and any port of the page passes.
bool origin_allowed(const CheckOrigin& policy, std::string_view url_host, std::string_view origin,
                    const RequestOrigin& request);

}  // namespace suzaku::server

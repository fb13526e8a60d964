#pragma once

#include <string_view>

#include <suzaku/server/options.hpp>

namespace suzaku::server {

/// Where the request itself went.
struct RequestOrigin {
  bool secure;
  std::string_view host_header;  // "example.com:4000"
};

/// Throws std::invalid_argument when an entry of the list has no host.
void require_valid(const CheckOrigin& policy);

/// Whether a page of this origin (the Origin header's value) may connect, by Phoenix's rules: hosts compare by case,
/// "https://host" implies port 443 and "http://host" 80, "*.host" also means the host itself.
bool origin_allowed(const CheckOrigin& policy, std::string_view url_host, std::string_view origin,
                    const RequestOrigin& request);

}  // namespace suzaku::server

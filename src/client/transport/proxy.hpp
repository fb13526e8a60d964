#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/result.hpp>

#include "client/core/url.hpp"

/// The choice of an HTTP proxy, and the request to it.
namespace suzaku::client::transport {

struct Proxy {
  std::string host = {};  // an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string authorization = {};  // the value of Proxy-Authorization; "" for none

  std::string name() const;  // "host:port", for messages
};

/// Looks up a variable of the environment; nothing when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> system_environment(const char* name);

/// The proxy for a target; nothing when the connection is made directly. `option`: the user's choice, "" for none. When
/// there is no choice the environment is asked, by curl's rules: https_proxy or HTTPS_PROXY for wss, http_proxy for ws
/// (not HTTP_PROXY, which in a CGI program comes from a stranger), otherwise all_proxy or ALL_PROXY; but none for what
/// no_proxy or NO_PROXY names. The lower-case name goes first.
Result<std::optional<Proxy>> choose_proxy(const core::Url& target, const std::optional<std::string>& option,
                                          const Environment& environment);

/// The proxies of all variables of the environment that programs read, for any target, as they stand there.
std::vector<std::string> proxies_in(const Environment& environment);

/// Reads "http://user:password@host:port"; the scheme may be left out, the port is 80 then. User and password are
/// percent-encoded. The texts of failures never repeat them.
Result<Proxy> parse_proxy(std::string_view text);

/// Whether a list such as NO_PROXY's names the target: host names ("example.com", which covers all names below it),
/// addresses, networks ("10.0.0.0/8"), each with a port if only that is meant, or "*"; with commas or spaces between.
bool is_excepted(std::string_view no_proxy, const core::Url& target);

/// The request that asks a proxy for a connection to the target.
std::string connect_request(const Proxy& proxy, const core::Url& target);

}  // namespace suzaku::client::transport

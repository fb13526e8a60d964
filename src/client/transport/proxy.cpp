#include "client/transport/proxy.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include <arpa/inet.h>

#include "base/ascii.hpp"
#include "client/core/authorization.hpp"

namespace suzaku::client::transport {
namespace {

std::string_view without_last_dot(std::string_view name) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

/// The bytes of an IP address; IPv4 stands in the first four.
struct Ip {
  int family = AF_UNSPEC;
  std::array<unsigned char, 16> bytes{};

  explicit operator bool() const noexcept { return family != AF_UNSPEC; }
  int bits() const noexcept { return family == AF_INET ? 32 : 128; }
};

Ip parse_ip(std::string_view text) {
  const std::string address(text);
  for (const int family : {AF_INET, AF_INET6}) {
    Ip ip{.family = family};
    if (inet_pton(family, address.c_str(), ip.bytes.data()) == 1) return ip;
  }
  return {};
}

bool same_network(const Ip& a, const Ip& b, int bits) noexcept {
  if (a.family != b.family) return false;
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const int mask = bits >= 8 ? 0xff : 0xff00 >> bits & 0xff;
    if (((a.bytes[i] ^ b.bytes[i]) & mask) != 0) return false;
  }
  return true;
}

/// The number that is all of the text; -1 when there is none.
int to_number(std::string_view text) noexcept {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : -1;
}

/// One entry of NO_PROXY without its port: a name, an address or a network.
bool names(std::string_view entry, const std::string& host) {
  if (const Ip address = parse_ip(host)) {
    const std::size_t slash = entry.find('/');
    const Ip network = parse_ip(entry.substr(0, slash));
    const int bits = slash == entry.npos ? network.bits() : to_number(entry.substr(slash + 1));
    return network && bits >= 0 && bits <= network.bits() && same_network(address, network, bits);
  }
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  const std::string name = ascii::lower_case(without_last_dot(entry));
  const std::string_view wanted = without_last_dot(host);
  return !name.empty() && (wanted == name || wanted.ends_with('.' + name));
}

/// Takes the port off an entry; 0 when it has none, -1 when what stands there is no number.
int take_port(std::string_view& entry) noexcept {
  std::size_t colon = entry.find(':');
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    if (end == entry.npos) return -1;
    const std::string_view rest = entry.substr(end + 1);
    entry = entry.substr(1, end - 1);
    if (rest.empty()) return 0;
    return rest.starts_with(':') ? to_number(rest.substr(1)) : -1;
  }
  if (colon == entry.npos || entry.find(':', colon + 1) != entry.npos) return 0;  // none, or an IPv6 address
  const int port = to_number(entry.substr(colon + 1));
  entry = entry.substr(0, colon);
  return port;
}

std::optional<std::string> first_of(const Environment& environment, std::initializer_list<const char*> variables) {
  for (const char* variable : variables)
    if (auto value = environment(variable)) return value;
  return {};
}

}  // namespace

std::string Proxy::name() const {
  return (host.find(':') == host.npos ? host : '[' + host + ']') + ':' + std::to_string(port);
}

std::optional<std::string> system_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value || *value == '\0') return {};
  return value;
}

Result<Proxy> parse_proxy(std::string_view text) {
  constexpr std::string_view kExpected = "expected http://user:password@host:port, user and password percent-encoded";
  std::string whole(text);
  const std::size_t scheme = text.find("://");
  if (scheme == text.npos) {
    whole.insert(0, "http://");
  } else if (ascii::lower_case(text.substr(0, scheme)) != "http") {
    return failure("proxies of the kind \"" + std::string(text.substr(0, scheme)) +
                   "\" are not supported: " + std::string(kExpected));
  }
  const auto url = core::parse_url(whole);
  if (!url) {
    const bool has_secret = text.find('@') != text.npos;  // a "/" in a password cuts the URL in the wrong place
    return failure("the proxy's URL cannot be read: " + (has_secret ? std::string(kExpected) : url.error().message));
  }
  Proxy proxy{.host = url->host, .port = url->port};
  proxy.authorization = core::basic_authorization(url->user_info);
  return proxy;
}

bool is_excepted(std::string_view no_proxy, const core::Url& target) {
  while (!no_proxy.empty()) {
    const std::size_t end = std::min(no_proxy.find_first_of(", \t"), no_proxy.size());
    std::string_view entry = no_proxy.substr(0, end);
    no_proxy.remove_prefix(std::min(end + 1, no_proxy.size()));
    if (entry == "*") return true;
    const int port = take_port(entry);
    if ((port == 0 || port == target.port) && names(entry, target.host)) return true;
  }
  return false;
}

Result<std::optional<Proxy>> choose_proxy(const core::Url& target, const std::optional<std::string>& option,
                                          const Environment& environment) {
  std::optional<std::string> text = option;
  if (!option) {
    text = target.is_secure ? first_of(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                            : first_of(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    const auto no_proxy = first_of(environment, {"no_proxy", "NO_PROXY"});
    if (no_proxy && is_excepted(*no_proxy, target)) return std::nullopt;
  }
  if (!text || text->empty()) return std::nullopt;
  auto proxy = parse_proxy(*text);
  if (!proxy) return tl::unexpected(proxy.error());
  return *std::move(proxy);
}

std::vector<std::string> proxies_in(const Environment& environment) {
  std::vector<std::string> proxies;
  for (const char* variable : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    if (auto value = environment(variable)) proxies.push_back(*std::move(value));
  return proxies;
}

std::string connect_request(const Proxy& proxy, const core::Url& target) {
  const std::string where = target.host_and_port();
  std::string request = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
  if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  return request + "\r\n";
}

}  // namespace suzaku::client::transport

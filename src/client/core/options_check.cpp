#include "client/core/options_check.hpp"

#include <algorithm>
#include <string>

#include <simdjson.h>

#include "base/ascii.hpp"
#include "client/core/backoff.hpp"
#include "client/core/endpoint_url.hpp"
#include "client/core/url.hpp"
#include "ws/client_handshake.hpp"

namespace suzaku::client::core {
namespace {

using std::chrono::milliseconds;

bool is_base64(char c) noexcept {
  return ascii::is_letter(c) || ascii::is_digit(c) || c == '+' || c == '/';
}

tl::unexpected<Error> in(const std::string& option, const Error& error) {
  return failure(option + ": " + error.message);
}

Result<void> check_credentials(const SocketOptions& options) {
  const auto url = endpoint_url("ws://localhost", TransportKind::websocket, options.params.value(), "2.0.0");
  if (!url) return tl::unexpected(url.error());
  return check_auth_token(options.auth_token.value());
}

Result<void> check_headers(const SocketOptions& options) {
  ws::Headers headers;
  for (const auto& [name, value] : options.headers.value()) headers.emplace_back(name, value);
  if (const auto good = ws::check_headers(headers); !good) return in("headers", good.error());
  return {};
}

Result<void> check_failover(const SocketOptions& options) {
  for (std::size_t i = 0; i < options.failover.size(); ++i)
    if (const auto good = check_url(options.failover[i]); !good)
      return in("failover[" + std::to_string(i) + "]", good.error());
  return {};
}

Result<void> check_vsn(const SocketOptions& options) {
  if (options.vsn == 1 || options.vsn == 2) return {};
  return failure("vsn is " + std::to_string(options.vsn) + ": expected 1 (serializer 1.0.0) or 2 (serializer 2.0.0)");
}

Result<void> check_pin(std::string_view pin) {
  constexpr std::string_view kPrefix = "sha256/";
  constexpr std::size_t kDigits = 43;  // of 32 bytes; then a "="
  const std::string_view digits = pin.substr(std::min(pin.size(), kPrefix.size()));
  if (pin.starts_with(kPrefix) && digits.size() == kDigits + 1 && digits.back() == '=' &&
      std::all_of(digits.begin(), digits.end() - 1, is_base64))
    return {};
  return failure("tls.pinned_keys holds \"" + std::string(pin) +
                 "\": expected \"sha256/\" and the Base64 of a SHA-256 (44 characters)");
}

Result<void> check_tls(const SocketOptions& options) {
  const TlsOptions& tls = options.tls;
  if (!tls.key_file.empty() && tls.certificate_file.empty())
    return failure("tls.key_file is \"" + tls.key_file +
                   "\", but tls.certificate_file is empty: expected the certificate of that key, too");
  if (!tls.certificate_file.empty() && tls.key_file.empty())
    return failure(
        "tls.certificate_file is \"" + tls.certificate_file +
        "\", but tls.key_file is empty: expected the key of that certificate, too (it may be the same file)");
  const auto bad = [](char c) { return ascii::is_control(c) || c == ' ' || c == '/'; };
  if (std::any_of(tls.server_name.begin(), tls.server_name.end(), bad))
    return failure("tls.server_name is \"" + tls.server_name + "\": expected a host name, such as example.com");
  for (const auto& pin : tls.pinned_keys)
    if (auto good = check_pin(pin); !good) return good;
  return {};
}

Result<void> check_proxy(const SocketOptions& options) {
  const auto proxy = options.proxy.value();
  if (!proxy || proxy->empty()) return {};
  constexpr std::string_view kExpected = ": expected http://user:password@host:port, or \"\" for no proxy";
  const std::size_t scheme = proxy->find("://");
  const auto url = parse_url((scheme == std::string::npos ? "http://" : "") + *proxy);
  if (!url) return failure("proxy is no URL" + std::string(kExpected));  // its parts may be a password
  if (scheme != std::string::npos && (scheme != 4 || url->is_secure))
    return failure("proxy is a URL of \"" + proxy->substr(0, scheme) + "\"" + std::string(kExpected));
  return {};
}

struct Time {
  const char* name;
  milliseconds value;
  bool may_be_zero;
};

Result<void> check_times(const SocketOptions& options) {
  const ReconnectOptions& reconnect = options.reconnect;
  for (const auto& [name, value, may_be_zero] : {
           Time{"long_poll_fallback", options.long_poll_fallback.value_or(milliseconds(1)), false},
           Time{"connect_timeout", options.connect_timeout, false},
           Time{"tls_timeout", options.tls_timeout, false},
           Time{"handshake_timeout", options.handshake_timeout, false},
           Time{"credentials_timeout", options.credentials_timeout, false},
           Time{"close_timeout", options.close_timeout, true},
           Time{"heartbeat_interval", options.heartbeat_interval, true},
           Time{"heartbeat_timeout", options.heartbeat_timeout, options.heartbeat_interval == milliseconds(0)},
           Time{"timeout", options.timeout, false},
           Time{"reconnect.max_elapsed", reconnect.max_elapsed, true},
           Time{"reconnect.stable_after", reconnect.stable_after, true},
           Time{"reconnect.spread", reconnect.spread, true},
           Time{"rejoin.stable_after", options.rejoin.stable_after, true},
       }) {
    if (value >= milliseconds(may_be_zero ? 0 : 1) && value <= kLongestDelay) continue;
    return failure(std::string(name) + " is " + std::to_string(value.count()) + " ms: expected " +
                   (may_be_zero ? "0 ms or more" : "more than 0 ms") + ", at most a year");
  }
  return {};
}

Result<void> check_retries(const SocketOptions& options) {
  if (const auto good = check(options.reconnect.backoff); !good) return in("reconnect.backoff", good.error());
  if (const auto good = check(options.rejoin.backoff); !good) return in("rejoin.backoff", good.error());
  for (const std::uint16_t code : options.reconnect.stop_codes)
    if (code < 1000 || code > 4999)
      return failure("reconnect.stop_codes holds " + std::to_string(code) +
                     ": expected close codes, which are numbers from 1000 to 4999");
  return {};
}

Result<void> check_limits(const SocketOptions& options) {
  for (const auto& [name, value] : {std::pair{"max_buffered", options.max_buffered},
                                    {"max_message_size", options.max_message_size},
                                    {"max_unsent", options.max_unsent},
                                    {"max_undelivered", options.max_undelivered},
                                    {"max_undelivered_bytes", options.max_undelivered_bytes}})
    if (value == 0) return failure(std::string(name) + " is 0: expected 1 or more");
  if (std::find(options.secrets.begin(), options.secrets.end(), "") != options.secrets.end())
    return failure("secrets holds an empty word, which every name contains: expected words such as \"token\"");
  return {};
}

}  // namespace

Result<void> check(const SocketOptions& options) {
  for (const auto part : {check_credentials, check_headers, check_failover, check_vsn, check_tls, check_proxy,
                          check_times, check_retries, check_limits})
    if (auto good = part(options); !good) return good;
  return {};
}

Result<void> check_url(std::string_view url) {
  if (const auto full = endpoint_url(url, TransportKind::websocket, {}, "2.0.0"); !full)
    return tl::unexpected(full.error());
  return {};
}

Result<void> check_auth_token(std::string_view token) {
  if (std::none_of(token.begin(), token.end(), ascii::is_control)) return {};
  return failure("auth_token holds a line break or another control character: expected the token alone");
}

Result<void> check_close(std::uint16_t code, std::string_view reason) {
  constexpr std::size_t kLongestReason = 123;  // a control frame holds 125 bytes, the code among them
  if (code != 1000 && (code < 3000 || code > 4999))
    return failure("the close code is " + std::to_string(code) +
                   ": expected 1000 or a number from 3000 to 4999; the others are not for programs to send");
  if (reason.size() > kLongestReason)
    return failure("the close reason has " + std::to_string(reason.size()) + " bytes: expected at most 123");
  if (!simdjson::validate_utf8(reason.data(), reason.size())) return failure("the close reason is no valid UTF-8");
  return {};
}

}  // namespace suzaku::client::core

#pragma once

#include <cstdint>
#include <string_view>

#include <suzaku/client/options.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client::core {

/// Fails for the first invalid option. The text names the option, its value and what was expected, and never contains a
/// value that may be a secret. Values that a function gives are checked when they are known.
Result<void> check(const SocketOptions& options);

/// Whether a socket can be made for this URL.
Result<void> check_url(std::string_view url);

/// A token may hold any bytes but control characters: long poll sends it as a header.
Result<void> check_auth_token(std::string_view token);

/// Whether a program may close a connection with this (RFC 6455, 7.4).
Result<void> check_close(std::uint16_t code, std::string_view reason);

}  // namespace suzaku::client::core

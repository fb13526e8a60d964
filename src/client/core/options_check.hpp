#pragma once

#include <cstdint>
#include <string_view>

#include <suzaku/client/options.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client::core {

/// Fails for the first option whose value cannot be, with a text that names it, what it is and what was expected. No
/// text repeats what may be a secret. What a function gives is not known yet: check it when it is.
Result<void> check(const SocketOptions& options);

/// Whether a socket can be made for this URL.
Result<void> check_url(std::string_view url);

/// A token may hold any bytes but control characters: long poll sends it as a header.
Result<void> check_auth_token(std::string_view token);

/// Whether a program may close a connection with this (RFC 6455, 7.4).
Result<void> check_close(std::uint16_t code, std::string_view reason);

}  // namespace suzaku::client::core

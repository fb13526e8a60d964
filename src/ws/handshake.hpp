#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suzaku::ws {

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, section 4.2.2).
std::string accept_key(std::string_view key);

/// The permessage-deflate answer to a client's Sec-WebSocket-Extensions offers: the value of the response header, or
/// nothing when no offer can be met. Always without context takeover on both sides (see deflate.hpp).
std::optional<std::string> negotiate_deflate(std::string_view offers);

/// True when the comma separated list of an HTTP header contains `token`, letter case aside ("keep-alive, Upgrade").
bool list_contains(std::string_view list, std::string_view token) noexcept;

}  // namespace suzaku::ws

#pragma once

#include <optional>
#include <string>

#include <suzaku/server/options.hpp>

namespace suzaku::server {

/// The result of a client's Sec-WebSocket-Protocol header.
struct Protocols {
  std::string answer;  // the chosen subprotocol; empty: none
  std::optional<std::string> auth_token;
};

/// Chooses the subprotocol: of the server's list the first that the client offers. With SocketOptions::auth_token,
/// phoenix.js offers "phoenix" and "base64url.bearer.phx.<token in Base64>"; the token is taken out and "phoenix"
/// agreed on. The error is the HTTP status of the refusal: 403 for no common protocol, 400 for a token that cannot be
/// decoded.
tl::expected<Protocols, int> choose_protocols(const std::string* header, const SocketOptions& options);

}  // namespace suzaku::server

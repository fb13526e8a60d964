#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/result.hpp>

/// The client's side of the opening handshake (RFC 6455, section 4.1).
namespace suzaku::ws {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a client asks for.
struct UpgradeRequest {
  std::string host = {};                       // with the port, unless it is the scheme's own; IPv6 in brackets
  std::string target = {};                     // path and query
  Headers headers = {};                        // of the user; see check_headers()
  std::vector<std::string> subprotocols = {};  // in order of preference
  bool deflate = false;                        // offer permessage-deflate, without context takeover (see deflate.hpp)
};

/// What the two sides have agreed on.
struct Agreement {
  bool deflate = false;
  std::string subprotocol;  // "" for none
};

/// The value of Sec-WebSocket-Key, made of unpredictable bytes.
std::string make_key(const std::array<std::uint8_t, 16>& random);

/// Whether a user's headers may stand in an upgrade request: proper names, no line breaks, and none of those that make
/// it one. The texts never repeat a value: it may be a secret.
Result<void> check_headers(const Headers& headers);

/// The bytes of the request. Throws std::invalid_argument for headers that check_headers() refuses.
std::string serialize(const UpgradeRequest& request, std::string_view key);

/// Whether an answer with status 101 opens the WebSocket that was asked for. `answer`: names in lower case.
Result<Agreement> check_answer(const Headers& answer, const UpgradeRequest& request, std::string_view key);

}  // namespace suzaku::ws

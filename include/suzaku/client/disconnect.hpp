#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suzaku::client {

/// Why a connection ended, or could not be made.
struct Disconnect {
  enum class Kind : std::uint8_t {
    requested,          // disconnect() was called
    resolve_failed,     // the host has no address
    connect_failed,     // no address of the host accepts connections
    connect_timeout,    // TCP, TLS or the upgrade took too long
    tls_failed,         // the certificate was not good, or the other side speaks no TLS
    proxy_failed,       // the proxy would not connect us
    refused,            // the server answered the upgrade with `http_status`
    not_websocket,      // it answered with something that is no WebSocket and no HTTP refusal
    closed,             // the server closed with `code` and `reason`
    lost,               // the connection ended without a close frame
    heartbeat_timeout,  // the server did not answer a heartbeat in time
    protocol_error,     // the server sent what is no Phoenix message, or too much of it
    credentials_failed  // the function that gives the params or the token failed
  };
  Kind kind = Kind::requested;
  std::uint16_t code = 0;  // of the server's close frame (1005: it carried none); otherwise 0
  int http_status = 0;     // of the server's refusal; otherwise 0
  /// The server's Retry-After.
  std::optional<std::chrono::milliseconds> retry_after = {};
  /// What happened, and where it helps, what to do about it.
  std::string message = {};
};

/// "resolve_failed", "closed", ...
std::string_view to_string(Disconnect::Kind kind) noexcept;

}  // namespace suzaku::client

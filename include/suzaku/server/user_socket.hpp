#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/json.hpp>
#include <suzaku/server/assigns.hpp>

namespace suzaku::server {

/// What is known of a client when it connects (Phoenix's params and connect_info).
struct ConnectInfo {
  JsonObject params;  // of the query, decoded as Phoenix does ("a[b]=1" nests); variables of the path win over it
  std::vector<std::pair<std::string, std::string>> headers;  // as sent, names in lower case
  // Of the connection, or what one of EndpointOptions::trusted_proxies says of its client.
  std::string peer_address;               // "192.0.2.7"
  std::uint16_t peer_port = 0;            // 0 when a proxy does not say
  bool secure = false;                    // came over TLS
  std::string host;                       // of the Host header, with port
  std::string path;                       // of the request
  std::string query;                      // of the request, not decoded
  std::optional<std::string> auth_token;  // phoenix.js's `authToken`; only with SocketOptions::auth_token

  /// A parameter, when it is there and a plain string.
  std::optional<std::string> param(std::string_view key) const;
  /// The first header of this name (in lower case), or null.
  const std::string* header(std::string_view name) const noexcept;
};

/// What connect() decides.
struct [[nodiscard]] ConnectResult {
  bool accepted = true;
  int status = 403;  // HTTP status of a refusal
  std::string body;  // of a refusal
};

/// One client's connection, whatever number of channels it joins. Make a class of your own to authenticate clients and
/// to give them an id; without one everybody is let in. One object per connection; all its methods run on the
/// connection's event loop and must not block.
class UserSocket {
 public:
  using ConnectInfo = server::ConnectInfo;
  using ConnectResult = server::ConnectResult;

  virtual ~UserSocket() = default;

  /// Lets the client in, or not. An exception answers 500.
  virtual ConnectResult connect(const ConnectInfo& info);

  /// Names the connection, so that Endpoint::disconnect(id) can end it and all others of that id. It has nothing to do
  /// with the topic of that name. Empty: no name. Asked once, after connect().
  virtual std::string id() const;

  Assigns& assigns() noexcept { return assigns_; }
  const Assigns& assigns() const noexcept { return assigns_; }

 protected:
  static ConnectResult accept() { return {}; }
  static ConnectResult refuse(int status = 403, std::string body = {}) {
    return {.accepted = false, .status = status, .body = std::move(body)};
  }

 private:
  Assigns assigns_;
};

}  // namespace suzaku::server

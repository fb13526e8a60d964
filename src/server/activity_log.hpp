#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/payload.hpp>

#include "base/limited_log.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "protocol/message.hpp"

namespace suzaku::server {

class Socket;
class UserSocket;

/// Logs connects, joins and events at level debug, as Phoenix.Logger does: their parameters, without the values of
/// those that are filtered, and how long the handler took. Loop's thread only.
class ActivityLog {
 public:
  /// `filter_parameters` must outlive it.
  ActivityLog(net::Loop& loop, const std::vector<std::string>& filter_parameters)
      : loop_(loop), log_(loop.limited_log()), filter_parameters_(filter_parameters) {}

  /// When a handler was called. Empty unless the level is debug: then the clock is not read and nothing is logged.
  using Begin = std::optional<net::TimePoint>;
  Begin begin() const { return log::enabled(log::Level::debug) ? Begin(loop_.now()) : std::nullopt; }

  /// `path`: the mount's, since a request's own may hold a token where the mount has a ":variable". `user`: of a client
  /// that was accepted, otherwise null.
  void connected(Begin begin, std::string_view path, const net::Address& client, const UserSocket* user,
                 const JsonObject& params, protocol::Version version);
  void joined(Begin begin, std::string_view topic, const Payload& params, const Socket& socket, bool is_accepted);
  void handled(Begin begin, const protocol::Message& message, const Socket& socket);

 private:
  std::string time_since(net::TimePoint begin) const;
  std::string shown(const Payload& payload) const;
  std::string shown(std::string_view json) const;

  net::Loop& loop_;
  log::LimitedLog& log_;
  const std::vector<std::string>& filter_parameters_;
};

/// A topic or event in a line of log: short, so that there is room for the rest.
std::string in_log(std::string_view name);
/// A client in a line of log: "192.0.2.7:50122, user ada", without the user when nobody is known.
std::string in_log(const net::Address& client, const UserSocket& user);

}  // namespace suzaku::server

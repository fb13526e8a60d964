#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <suzaku/bridge/connection_options.hpp>

#include "bridge/socket_options.hpp"
#include "client/core/backoff.hpp"
#include "client/core/options_check.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::bridge {

using namespace std::chrono_literals;

std::vector<std::chrono::milliseconds> ConnectionOptions::default_rejoin_delays() {
  return {100ms, 500ms, 1s, 2s, 5s, 10s};
}

client::SocketOptions socket_options(const ConnectionOptions& options) {
  client::SocketOptions socket = options.socket;
  socket.params = options.params;
  socket.auth_token = options.auth_token;
  socket.headers = options.headers;
  socket.reconnect.enabled = options.reconnect;
  socket.reconnect.max_attempts = options.max_retries;
  socket.reconnect.backoff = options.backoff;
  socket.rejoin.backoff = client::ListBackoff{.delays = options.rejoin_after};
  socket.heartbeat_interval = options.heartbeat_interval;
  socket.join_params_may_block = true;
  return socket;
}

namespace {

bool may_be_in_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

Result<void> check_name(const ConnectionOptions& options) {
  const std::string& name = options.name;
  if (name.empty() || !std::all_of(name.begin(), name.end(), may_be_in_name))
    return failure("name is \"" + name + "\": expected lower-case letters, digits and _, such as \"backend\"");
  if (name == "connection" || name == "channel")
    return failure("name is \"" + name +
                   "\": expected another one; the types of signals about connections and channels " + "begin with it");
  return {};
}

Result<void> check_signal_names(const ConnectionOptions& options) {
  return signals::phoenix::check(options.names);
}

Result<void> check_uri(const ConnectionOptions& options) {
  if (auto good = client::core::check_url(options.uri); !good) return failure("uri: " + good.error().message);
  return {};
}

bool is_utf8(std::string_view text) {
  try {
    protocol::require_utf8(text);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

Result<void> check_auto_join(const ConnectionOptions& options) {
  std::set<std::string_view> topics;
  for (const auto& [topic, params] : options.auto_join_channels) {
    if (topic.empty() || !is_utf8(topic))
      return failure("auto_join_channels holds a topic that is empty or no UTF-8: expected one such as \"room:lobby\"");
    if (!topics.insert(topic).second)
      return failure("auto_join_channels holds \"" + topic + "\" twice: a topic can be joined once on a connection");
  }
  return {};
}

Result<void> check_socket(const ConnectionOptions& options) {
  if (options.socket.dispatcher)
    return failure("socket.dispatcher is set: expected none; to get signals on another thread, subscribe to the bus");
  return client::core::check(socket_options(options));
}

Result<void> check_stop_deadline(const ConnectionOptions& options) {
  if (options.stop_deadline >= 0ms && options.stop_deadline <= client::core::kLongestDelay) return {};
  return failure("stop_deadline is " + std::to_string(options.stop_deadline.count()) +
                 " ms: expected 0 ms or more, at most a year");
}

}  // namespace

Result<void> check(const ConnectionOptions& options) {
  for (const auto part :
       {check_name, check_signal_names, check_uri, check_auto_join, check_socket, check_stop_deadline})
    if (auto good = part(options); !good) return failure(ErrorCode::invalid, std::move(good.error().message));
  return {};
}

Result<void> check(const std::vector<ConnectionOptions>& connections) {
  std::set<std::string_view> names;
  for (const auto& options : connections) {
    if (auto good = check(options); !good)
      return failure(ErrorCode::invalid, "connection \"" + options.name + "\": " + good.error().message);
    if (!names.insert(options.name).second)
      return failure(ErrorCode::invalid,
                     "two connections are named \"" + options.name + "\": expected a name for each");
  }
  return {};
}

}  // namespace suzaku::bridge

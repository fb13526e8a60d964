#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include <suzaku/message_kind.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/signal.hpp>

/// The signals of a connection to a Phoenix app, and the topics of the bus that they are published to.
namespace suzaku::signals::phoenix {

/// How the signals of a connection are named. In source and topic_prefix, "<connection>" stands for its name.
struct NameOptions {
  std::string source = "/suzaku/<connection>";       // a URI reference; there the name is percent-encoded
  std::string topic_prefix = "suzaku.<connection>";  // of the topics of the bus
  std::string type_prefix = "suzaku";                // of the types; one or more segments between dots

  bool operator==(const NameOptions&) const = default;
};

/// The names that Jidoka uses: source "/jidoka/phoenix/<connection>", topics
/// "jido.protocol.phoenix.<connection>", types "phoenix.**". They need a bus
/// with `SignalBus bus({.type_topic_prefix = "jido.signal."})`.
NameOptions jidoka();

/// Fails with the option, what was found and what was expected.
[[nodiscard]] Result<void> check(const NameOptions& options);

/// The names of the signals of one connection. A plain value.
class Names {
 public:
  /// `name`: of the connection, in UTF-8. Without options the default names are used.
  template <std::convertible_to<std::string_view> Name>
  Names(const Name& connection) : Names(std::string_view(connection), NameOptions()) {}
  Names(std::string_view connection, const NameOptions& options);

  const std::string& connection() const noexcept { return connection_; }
  const std::string& source() const noexcept { return source_; }
  /// "suzaku.connection.connected", for "connection" and "connected".
  std::string type(std::string_view what, std::string_view event) const;
  /// "suzaku.backend.room_lobby.shout"
  std::string message_type(std::string_view topic, std::string_view event) const;
  /// "suzaku.backend": the topic of the bus for all signals of the connection.
  const std::string& connection_topic() const noexcept { return topic_; }
  /// "suzaku.backend.room_lobby": the topic of the bus for the signals of one channel.
  std::string channel_topic(std::string_view topic) const;

 private:
  std::string connection_;
  std::string source_;
  std::string topic_;
  std::string type_;
};

// All signals have the connection's source and the current time. Texts must be UTF-8. The data of a message is its
// payload. All other data is an object with "connection_name" and the arguments: "reason", "attempt", "delay_ms",
// "topic", "response".

/// "suzaku.connection.connected". `metadata`: an object whose members are added to the data.
Signal connection_connected(const Names& names, const JsonObject& metadata = {});
/// "suzaku.connection.disconnected"
Signal connection_disconnected(const Names& names, std::string_view reason);
/// "suzaku.connection.reconnecting"
Signal connection_reconnecting(const Names& names, std::size_t attempt, std::chrono::milliseconds delay,
                               std::string_view reason);
/// "suzaku.connection.failed": there will be no further attempt.
Signal connection_failed(const Names& names, std::string_view reason);
/// "suzaku.channel.joined"
Signal channel_joined(const Names& names, std::string_view topic, const Payload& response);
/// "suzaku.channel.left": this side has left.
Signal channel_left(const Names& names, std::string_view topic);
/// "suzaku.channel.closed": the server has closed it.
Signal channel_closed(const Names& names, std::string_view topic);
/// "suzaku.channel.error"
Signal channel_error(const Names& names, std::string_view topic, std::string_view reason);

/// "suzaku.<connection>.<topic with : and / as _>.<event>", with the payload as data.
Signal message(const Names& names, std::string_view topic, std::string_view event, const Payload& payload,
               MessageKind kind = MessageKind::broadcast);

/// The topic with `:` and `/` as `_`.
std::string sanitize_topic(std::string_view topic);

}  // namespace suzaku::signals::phoenix

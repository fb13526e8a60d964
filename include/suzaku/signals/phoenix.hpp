#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <suzaku/signals/signal.hpp>

/// The signals that a connection to a Phoenix app gives rise to, and the topics of the bus they are published to. All
/// have the source "/jidoka/phoenix/<connection>" and the present time, and expect texts in UTF-8. Data other than a
/// message's is an object with "connection_name" and what is given: "reason", "attempt", "delay_ms", "topic",
/// "response".
namespace suzaku::signals::phoenix {

/// "phoenix.connection.connected". `metadata`: an object whose members are added to the data.
Signal connection_connected(std::string_view connection, const JsonObject& metadata = {});
/// "phoenix.connection.disconnected"
Signal connection_disconnected(std::string_view connection, std::string_view reason);
/// "phoenix.connection.reconnecting"
Signal connection_reconnecting(std::string_view connection, std::size_t attempt, std::chrono::milliseconds delay,
                               std::string_view reason);
/// "phoenix.connection.failed": there will be no further attempt.
Signal connection_failed(std::string_view connection, std::string_view reason);
/// "phoenix.channel.joined"
Signal channel_joined(std::string_view connection, std::string_view topic, const Payload& response);
/// "phoenix.channel.left"
Signal channel_left(std::string_view connection, std::string_view topic);
/// "phoenix.channel.error"
Signal channel_error(std::string_view connection, std::string_view topic, std::string_view reason);

enum class MessageKind : std::uint8_t {
  broadcast,  // to everybody on the topic
  push,       // to this client alone
  reply,      // to a push of this client
};
std::string_view to_string(MessageKind kind) noexcept;

/// "phoenix.<connection>.<topic with : and / as _>.<event>", with the payload as data.
Signal message(std::string_view connection, std::string_view topic, std::string_view event, const Payload& payload,
               MessageKind kind = MessageKind::broadcast);

/// The topic with `:` and `/` as `_`.
std::string sanitize_topic(std::string_view topic);
/// "jido.protocol.phoenix.<connection>"
std::string connection_topic(std::string_view connection);
/// "jido.protocol.phoenix.<connection>.<topic with : and / as _>"
std::string channel_topic(std::string_view connection, std::string_view topic);

}  // namespace suzaku::signals::phoenix

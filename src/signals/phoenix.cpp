#include <algorithm>
#include <memory>
#include <utility>

#include <suzaku/signals/phoenix.hpp>

#include "base/base64.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::signals::phoenix {
namespace {

/// What RFC 3986 lets stand in a segment of a path as it is.
bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_percent_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
}

void append_sanitized(std::string& out, std::string_view topic) {
  for (const char c : topic) out += c == ':' || c == '/' ? '_' : c;
}

std::string source_of(std::string_view connection) {
  static constexpr std::string_view kPrefix = "/jidoka/phoenix/";
  std::string source;
  source.reserve(kPrefix.size() + connection.size());
  source += kPrefix;
  append_percent_encoded(source, connection);
  return source;
}

Signal signal_of(std::string_view connection, std::string type) {
  Signal signal;
  signal.id = new_signal_id();
  signal.source = source_of(connection);
  signal.type = std::move(type);
  signal.time = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  signal.connection = connection;
  return signal;
}

Signal connection_signal(std::string_view connection, std::string type, Payload data) {
  Signal signal = signal_of(connection, std::move(type));
  signal.data = std::move(data);
  return signal;
}

Signal channel_signal(std::string_view connection, std::string_view topic, std::string type, Payload data) {
  Signal signal = connection_signal(connection, std::move(type), std::move(data));
  signal.subject = topic;
  signal.phoenixtopic = topic;
  return signal;
}

}  // namespace

Signal connection_connected(std::string_view connection, const JsonObject& metadata) {
  JsonObject data = metadata;
  data["connection_name"].emplace_string().assign(connection.data(), connection.size());
  return connection_signal(connection, "phoenix.connection.connected", Payload(Json(std::move(data))));
}

Signal connection_disconnected(std::string_view connection, std::string_view reason) {
  return connection_signal(connection, "phoenix.connection.disconnected",
                           {{"connection_name", connection}, {"reason", reason}});
}

Signal connection_reconnecting(std::string_view connection, std::size_t attempt, std::chrono::milliseconds delay,
                               std::string_view reason) {
  return connection_signal(
      connection, "phoenix.connection.reconnecting",
      {{"connection_name", connection}, {"attempt", attempt}, {"delay_ms", delay.count()}, {"reason", reason}});
}

Signal connection_failed(std::string_view connection, std::string_view reason) {
  return connection_signal(connection, "phoenix.connection.failed",
                           {{"connection_name", connection}, {"reason", reason}});
}

Signal channel_joined(std::string_view connection, std::string_view topic, const Payload& response) {
  std::string data = R"({"connection_name":)";
  protocol::append_json_string(data, connection);
  data += ",\"topic\":";
  protocol::append_json_string(data, topic);
  if (response.is_binary()) {
    data += ",\"response_base64\":\"";
    append_base64(data, response.raw());
    data += "\"}";
  } else {
    data += ",\"response\":";
    data += response.raw();
    data += '}';
  }
  return channel_signal(connection, topic, "phoenix.channel.joined", Payload::from_text(std::move(data)));
}

Signal channel_left(std::string_view connection, std::string_view topic) {
  return channel_signal(connection, topic, "phoenix.channel.left", {{"connection_name", connection}, {"topic", topic}});
}

Signal channel_error(std::string_view connection, std::string_view topic, std::string_view reason) {
  return channel_signal(connection, topic, "phoenix.channel.error",
                        {{"connection_name", connection}, {"topic", topic}, {"reason", reason}});
}

std::string_view to_string(MessageKind kind) noexcept {
  switch (kind) {
    case MessageKind::push:
      return "push";
    case MessageKind::reply:
      return "reply";
    default:
      return "broadcast";
  }
}

Signal message(std::string_view connection, std::string_view topic, std::string_view event, const Payload& payload,
               MessageKind kind) {
  static constexpr std::string_view kPrefix = "phoenix.";
  std::string type;
  type.reserve(kPrefix.size() + connection.size() + topic.size() + event.size() + 2);
  type += kPrefix;
  type += connection;
  type += '.';
  append_sanitized(type, topic);
  type += '.';
  type += event;
  Signal signal = channel_signal(connection, topic, std::move(type), payload);
  signal.phoenixevent = event;
  signal.phoenixkind = to_string(kind);
  return signal;
}

std::string sanitize_topic(std::string_view topic) {
  std::string sanitized;
  sanitized.reserve(topic.size());
  append_sanitized(sanitized, topic);
  return sanitized;
}

std::string connection_topic(std::string_view connection) {
  return std::string("jido.protocol.phoenix.").append(connection);
}

std::string channel_topic(std::string_view connection, std::string_view topic) {
  std::string name = connection_topic(connection);
  name += '.';
  append_sanitized(name, topic);
  return name;
}

}  // namespace suzaku::signals::phoenix

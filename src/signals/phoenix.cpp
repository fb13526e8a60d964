#include <utility>

#include <suzaku/signals/phoenix.hpp>

#include "base/base64.hpp"
#include "base/percent_encode.hpp"
#include "protocol/json_text.hpp"
#include "signals/signal_rules.hpp"

namespace suzaku::signals::phoenix {
namespace {

void append_sanitized(std::string& out, std::string_view topic) {
  for (const char c : topic) out += c == ':' || c == '/' ? '_' : c;
}

/// `text` with the connection's name in place of "<connection>".
std::string with_name(std::string_view text, std::string_view name) {
  static constexpr std::string_view kPlace = "<connection>";
  std::string filled;
  for (std::size_t at = text.find(kPlace); at != text.npos; at = text.find(kPlace)) {
    filled.append(text.substr(0, at)).append(name);
    text.remove_prefix(at + kPlace.size());
  }
  return filled.append(text);
}

Signal connection_signal(const Names& names, std::string type, Payload data) {
  Signal signal;
  signal.id = new_signal_id();
  signal.source = names.source();
  signal.type = std::move(type);
  signal.time = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  signal.connection = names.connection();
  signal.data = std::move(data);
  return signal;
}

Signal channel_signal(const Names& names, std::string_view topic, std::string type, Payload data) {
  Signal signal = connection_signal(names, std::move(type), std::move(data));
  signal.subject = topic;
  signal.phoenixtopic = topic;
  return signal;
}

}  // namespace

// --- names ---

NameOptions jidoka() {
  return {.source = "/jidoka/phoenix/<connection>",
          .topic_prefix = "jido.protocol.phoenix.<connection>",
          .type_prefix = "phoenix"};
}

Result<void> check(const NameOptions& options) {
  if (!is_uri_reference(with_name(options.source, "name")))
    return failure(ErrorCode::invalid,
                   "source is \"" + options.source + "\": expected a URI reference, such as \"/suzaku/<connection>\"");
  if (options.topic_prefix.empty())
    return failure(ErrorCode::invalid, "topic_prefix is empty: expected a text, such as \"suzaku.<connection>\"");
  if (!is_type(options.type_prefix))
    return failure(ErrorCode::invalid,
                   "type_prefix is \"" + options.type_prefix +
                       "\": expected names between dots, without * and control characters, such as \"suzaku\"");
  return {};
}

Names::Names(std::string_view connection, const NameOptions& options)
    : connection_(connection),
      source_(with_name(options.source, percent_encode(connection))),
      topic_(with_name(options.topic_prefix, connection)),
      type_(options.type_prefix + '.') {}

std::string Names::type(std::string_view what, std::string_view event) const {
  std::string type = type_;
  type.append(what) += '.';
  return type.append(event);
}

std::string Names::message_type(std::string_view topic, std::string_view event) const {
  std::string type;
  type.reserve(type_.size() + connection_.size() + topic.size() + event.size() + 2);
  type.append(type_).append(connection_) += '.';
  append_sanitized(type, topic);
  type += '.';
  return type.append(event);
}

std::string Names::channel_topic(std::string_view topic) const {
  std::string name;
  name.reserve(topic_.size() + 1 + topic.size());
  name.append(topic_) += '.';
  append_sanitized(name, topic);
  return name;
}

std::string sanitize_topic(std::string_view topic) {
  std::string sanitized;
  sanitized.reserve(topic.size());
  append_sanitized(sanitized, topic);
  return sanitized;
}

// --- signals ---

Signal connection_connected(const Names& names, const JsonObject& metadata) {
  JsonObject data = metadata;
  data["connection_name"] = names.connection();
  return connection_signal(names, names.type("connection", "connected"), Payload(Json(std::move(data))));
}

Signal connection_disconnected(const Names& names, std::string_view reason) {
  return connection_signal(names, names.type("connection", "disconnected"),
                           {{"connection_name", names.connection()}, {"reason", reason}});
}

Signal connection_reconnecting(const Names& names, std::size_t attempt, std::chrono::milliseconds delay,
                               std::string_view reason) {
  return connection_signal(
      names, names.type("connection", "reconnecting"),
      {{"connection_name", names.connection()}, {"attempt", attempt}, {"delay_ms", delay.count()}, {"reason", reason}});
}

Signal connection_failed(const Names& names, std::string_view reason) {
  return connection_signal(names, names.type("connection", "failed"),
                           {{"connection_name", names.connection()}, {"reason", reason}});
}

Signal channel_joined(const Names& names, std::string_view topic, const Payload& response) {
  std::string data = R"({"connection_name":)";
  protocol::append_json_string(data, names.connection());
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
  return channel_signal(names, topic, names.type("channel", "joined"), Payload::from_text(std::move(data)));
}

Signal channel_left(const Names& names, std::string_view topic) {
  return channel_signal(names, topic, names.type("channel", "left"),
                        {{"connection_name", names.connection()}, {"topic", topic}});
}

Signal channel_closed(const Names& names, std::string_view topic) {
  return channel_signal(names, topic, names.type("channel", "closed"),
                        {{"connection_name", names.connection()}, {"topic", topic}});
}

Signal channel_error(const Names& names, std::string_view topic, std::string_view reason) {
  return channel_signal(names, topic, names.type("channel", "error"),
                        {{"connection_name", names.connection()}, {"topic", topic}, {"reason", reason}});
}

Signal message(const Names& names, std::string_view topic, std::string_view event, const Payload& payload,
               MessageKind kind) {
  Signal signal = channel_signal(names, topic, names.message_type(topic, event), payload);
  signal.phoenixevent = event;
  signal.phoenixkind = to_string(kind);
  return signal;
}

}  // namespace suzaku::signals::phoenix

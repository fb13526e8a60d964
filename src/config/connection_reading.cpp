#include "config/connection_reading.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <boost/algorithm/string/replace.hpp>

#include "client/core/options_check.hpp"
#include "client/transport/tls_contexts.hpp"
#include "config/fresh.hpp"
#include "config/mapping.hpp"
#include "config/settings.hpp"
#include "config/words.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;
using bridge::ConnectionOptions;
using client::TransportKind;
using signals::phoenix::NameOptions;
using std::chrono::milliseconds;
constexpr Words<TransportKind, 2> kTransports = {
    {{"websocket", TransportKind::websocket}, {"long_poll", TransportKind::long_poll}}};

/// A message of the client library in the words of the file.
std::string in_our_words(std::string message) {
  for (const auto* theirs : {"SocketOptions::", "params: ", "headers: "})
    boost::algorithm::replace_all(message, theirs, "");
  return message;
}

/// Whether a part of the options is good: `set` puts it into options that are.
template <class Set>
Result<void> check_part(Set set) {
  ConnectionOptions options{.name = "name", .uri = "ws://localhost"};
  set(options);
  return bridge::check(options);
}

/// The same; complains at its place in the file. For parts whose values the library does not repeat.
template <class Set>
bool is_good(const Value& value, Set set) {
  const auto good = check_part(set);
  if (!good) value.complain(in_our_words(good.error().message));
  return good.has_value();
}

/// What is wrong with the URL of a connection.
std::optional<std::string> complaint_of(const Text& url) {
  const auto good = client::core::check_url(url.value);
  if (good) return {};
  // Words about a part of a secret would show it.
  return url.is_filled_in() ? "found \"" + url.written + "\", expected a URL such as wss://example.com/socket"
                            : in_our_words(good.error().message);
}

enum class Preset : std::uint8_t { suzaku, jidoka };
constexpr Words<Preset, 2> kPresets = {{{"suzaku", Preset::suzaku}, {"jidoka", Preset::jidoka}}};

/// A parse of one of the names.
auto name_for(std::string NameOptions::* name, std::string expected) {
  return [name, expected = std::move(expected)](std::string_view text) -> Result<std::string> {
    NameOptions alone;
    alone.*name = text;
    if (!signals::phoenix::check(alone)) return unexpected_value(text, expected);
    return std::string(text);
  };
}

/// How signals are named.
void read_names(Mapping& mapping, NameOptions& names) {
  Preset preset = Preset::suzaku;
  mapping.read("preset", preset, one_of(kPresets));
  if (preset == Preset::jidoka) names = signals::phoenix::jidoka();
  mapping.read("source", names.source,
               name_for(&NameOptions::source, "a URI or its path, such as /suzaku/<connection>"));
  mapping.read("topic_prefix", names.topic_prefix,
               name_for(&NameOptions::topic_prefix, "a text, such as suzaku.<connection>"));
  mapping.read("type_prefix", names.type_prefix,
               name_for(&NameOptions::type_prefix, "names between dots, without *, such as suzaku"));
}

void read_credentials(Mapping& mapping, ConnectionOptions& options) {
  if (const auto value = mapping.find("params"))
    if (const auto params = read_object(*value))
      if (is_good(*value, [&](auto& alone) { alone.params = *params; }))
        options.params = fresh<client::Params>(*value, *params, read_object);
  if (const auto value = mapping.find("auth_token"))
    if (const auto token = read_secret(*value))
      if (is_good(*value, [&](auto& alone) { alone.auth_token = *token; }))
        options.auth_token = fresh<client::AuthToken>(*value, *token, read_secret);
  if (const auto value = mapping.find("headers")) {
    const auto headers = read_headers(*value);
    if (is_good(*value, [&](auto& alone) { alone.headers = headers; }))
      options.headers = fresh<client::Headers>(*value, headers, read_headers);
  }
}

bridge::AutoJoin read_channel(const Value& item) {
  bridge::AutoJoin channel;
  if (!item.is(YamlNode::Kind::mapping)) {
    item.read(channel.topic, parse_text);
    return channel;
  }
  Mapping mapping(item);
  if (const auto topic = mapping.require("topic")) topic->read(channel.topic, parse_text);
  if (const auto params = mapping.find("params"))
    if (const auto object = read_object(*params))
      channel.params = fresh<client::JoinParams>(*params, *object, read_object);
  mapping.finish();
  return channel;
}

void read_channels(Mapping& mapping, ConnectionOptions& options) {
  const auto channels = mapping.find("channels");
  if (!channels) return;
  std::set<std::string> topics;
  for (const Value& item : channels->items()) {
    auto channel = read_channel(item);
    if (channel.topic.empty()) continue;
    if (topics.insert(channel.topic).second) {
      options.auto_join_channels.push_back(std::move(channel));
    } else {
      item.complain("the topic is in the list already; it can be joined once on a connection");
    }
  }
}

std::vector<milliseconds> read_delays(const Value& value) {
  std::vector<milliseconds> delays;
  const auto complaints = value.reading().complaints();
  for (const Value& item : value.items()) item.read(delays.emplace_back(), time_from(0ms));
  if (delays.empty() && value.reading().complaints() == complaints)
    value.complain("found no time, expected at least one; the last one repeats");
  return delays;
}

void read_retries(Mapping& mapping, ConnectionOptions& options) {
  mapping.read("reconnect", options.reconnect, parse_switch);
  mapping.read("max_retries", options.max_retries, count_in({}));
  if (const auto value = mapping.find("backoff")) {
    if (value->is(YamlNode::Kind::list)) {
      options.backoff = client::ListBackoff{.delays = read_delays(*value)};
    } else {
      read_backoff(*value, std::get<client::ExponentialBackoff>(options.backoff));
    }
  }
  if (const auto value = mapping.find("rejoin_after")) options.rejoin_after = read_delays(*value);
  mapping.read("stable_after", options.socket.reconnect.stable_after, time_from(0ms));
  read_restart(mapping, options.restart);
}

void read_times(Mapping& mapping, ConnectionOptions& options) {
  mapping.read("heartbeat", options.heartbeat_interval, time_from(0ms));
  mapping.read("heartbeat_timeout", options.socket.heartbeat_timeout, time_in(1ms, 1h));
  mapping.read("stop_deadline", options.stop_deadline, time_from(0ms));
  mapping.read("timeout", options.socket.timeout, time_from(1ms));
  mapping.read("connect_timeout", options.socket.connect_timeout, time_from(1ms));
}

Result<std::string> parse_server_name(std::string_view text) {
  std::string name(text);
  if (name.empty() || !check_part([&](auto& options) { options.socket.tls.server_name = name; }))
    return unexpected_value(text, "a host name, such as example.com");
  return name;
}

void read_tls(const Value& value, client::TlsOptions& tls) {
  Mapping mapping(value);
  mapping.read("ca_file", tls.ca_file, parse_text);
  mapping.read("certificate_file", tls.certificate_file, parse_text);
  mapping.read("key_file", tls.key_file, parse_text);
  mapping.read("server_name", tls.server_name, parse_server_name);
  mapping.read("verify", tls.verify, parse_switch);
  mapping.finish();
  if (mapping.find("certificate_file").has_value() != mapping.find("key_file").has_value())
    return value.complain("certificate_file and key_file belong together; set both, or none");
  value.look([tls] { return client::transport::TlsContexts().get(tls).map([](const auto&) {}); });
}

/// A URL, or "" for none.
std::optional<std::optional<std::string>> read_proxy(const Value& value) {
  const auto text = value.secret();
  if (!text) return {};
  if (check_part([&](auto& alone) { alone.socket.proxy = text->value; })) return text->value;
  value.complain("expected http://user:password@host:port, or \"\" for no proxy");
  return {};
}

void read_transport(Mapping& mapping, ConnectionOptions& options) {
  mapping.read("transport", options.socket.transport, one_of(kTransports));
  mapping.read("compress", options.socket.compress, parse_switch);
  if (const auto tls = mapping.find("tls")) read_tls(*tls, options.socket.tls);
  if (const auto value = mapping.find("proxy"))
    if (const auto proxy = read_proxy(*value)) options.socket.proxy = fresh<client::Proxy>(*value, *proxy, read_proxy);
}

}  // namespace

ConnectionConfig read_connection(const std::string& name, const Value& value, bool production) {
  Reading& reading = value.reading();
  reading.take_record();
  const auto complaints = reading.complaints();
  ConnectionConfig connection;
  ConnectionOptions& options = connection.options;
  options.name = name;
  // A daemon waits for a server without a limit; a push may wait that long.
  options.restart.restart = signals::Restart::permanent;
  options.socket.overflow = client::Overflow::block;
  options.max_retries = 0;

  Mapping mapping(value);
  read_url(mapping, options.uri, production, complaint_of);
  read_credentials(mapping, options);
  read_channels(mapping, options);
  read_retries(mapping, options);
  read_times(mapping, options);
  read_transport(mapping, options);
  read_names(mapping, options.names);
  read_filters(mapping, options.filters);
  mapping.finish();

  auto good = check_part([&](auto& alone) { alone.name = name; });
  if (good && reading.complaints() == complaints) good = bridge::check(options);
  if (!good) reading.complain(value.key_place(), value.key(), in_our_words(good.error().message));
  connection.settings = reading.take_record();
  return connection;
}

}  // namespace suzaku::config

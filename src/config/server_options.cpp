#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/algorithm/string/trim.hpp>

#include "config/server_config.hpp"
#include "config/values.hpp"
#include "config/words.hpp"
#include "net/network.hpp"
#include "pubsub/directory.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;
using server::CheckOrigin, server::DrainOptions, server::EndpointOptions, server::SocketOptions, server::TlsOptions;
using Options = std::vector<Option>;
using Shape = Option::Shape;

/// How the values of an option are written, and what stands for them in --help.
template <class Parse, class Print>
struct Form {
  Parse parse;
  Print print;
  const char* value_name = "";
  Shape shape = Shape::single;
};

constexpr std::size_t kAnyCount = std::numeric_limits<std::size_t>::max();

auto count_form(std::size_t least, std::size_t most = kAnyCount, const char* value_name = "COUNT") {
  return Form{count_in({least, most}), print_count, value_name};
}
auto size_form(std::size_t least) {
  return Form{size_from(least), print_size, "SIZE"};
}
auto time_form(std::chrono::milliseconds least) {
  return Form{time_from(least), print_time, "TIME"};
}
auto switch_form() {
  return Form{parse_switch, print_switch, "", Shape::on_off};
}
auto text_form(const char* value_name) {
  return Form{parse_text, [](const std::string& text) { return text; }, value_name};
}
auto word_form(const auto& words, const char* value_name) {
  return Form{one_of(words), [words](auto value) { return print_word(value, words); }, value_name};
}

Result<CheckOrigin> parse_origins(std::string_view text) {
  auto parsed = CheckOrigin::parse(text);
  if (!parsed)
    return unexpected_value(text, "true, false, conn, or origins such as https://example.com or //*.example.com");
  return parsed;
}

std::string print_origins(const CheckOrigin& policy) {
  switch (policy.kind) {
    case CheckOrigin::Kind::any:
      return "false";
    case CheckOrigin::Kind::host:
      return "true";
    case CheckOrigin::Kind::request:
      return "conn";
    case CheckOrigin::Kind::list:
      break;
  }
  return print_names(policy.origins);
}

Result<std::vector<std::string>> parse_proxies(std::string_view text) {
  std::vector<std::string> proxies;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto proxy = boost::algorithm::trim_copy(std::string(text.substr(0, comma)));
    if (!net::Network::parse(proxy))
      return unexpected_value(proxy, "addresses or networks, such as 192.0.2.7, 10.0.0.0/8 or fd00::/8");
    proxies.push_back(proxy);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return proxies;
}

// Where a field of the configuration is.
constexpr auto kOwn = [](auto field) { return [field](auto& config) -> auto& { return config.*field; }; };
constexpr auto kEndpoint = [](auto field) { return [field](auto& config) -> auto& { return config.endpoint.*field; }; };
constexpr auto kSocket = [](auto field) { return [field](auto& config) -> auto& { return config.socket.*field; }; };
constexpr auto kDrain = [](auto field) {
  return [field](auto& config) -> auto& { return config.endpoint.drain.*field; };
};
// TLS is on as soon as one of its files is named.
TlsOptions& tls_of(ServerConfig& config) {
  return config.endpoint.tls ? *config.endpoint.tls : config.endpoint.tls.emplace();
}
const TlsOptions& tls_of(const ServerConfig& config) {
  static const TlsOptions kNone;
  return config.endpoint.tls ? *config.endpoint.tls : kNone;
}
constexpr auto kTls = [](auto field) { return [field](auto& config) -> auto& { return tls_of(config).*field; }; };

template <class Field, class FormOfField>
Option option(std::string key, std::string help, Field field, FormOfField form) {
  const auto set = [field, form](ServerConfig& config, std::string_view text) -> Result<void> {
    return form.parse(text).map([&](auto&& value) {
      auto& target = field(config);
      target = static_cast<std::remove_reference_t<decltype(target)>>(std::forward<decltype(value)>(value));
    });
  };
  const auto get = [field, form](const ServerConfig& config) -> std::string { return form.print(field(config)); };
  return {std::move(key), std::move(help), form.value_name, form.shape, set, get};
}

void add(Options& table, const char* group, Options options) {
  for (Option& each : options) {
    each.group = group;
    table.push_back(std::move(each));
  }
}

void add_clients(Options& table) {
  add(table, "Listening",
      {option("host", "address to listen on; :: is all of them, IPv4 and IPv6", kEndpoint(&EndpointOptions::host),
              text_form("ADDRESS")),
       option("port", "port to listen on; 0 lets the system choose", kEndpoint(&EndpointOptions::port),
              count_form(0, std::numeric_limits<std::uint16_t>::max(), "PORT")),
       option("loops", "event loops, each a thread; 0 is one per core", kEndpoint(&EndpointOptions::loops),
              count_form(0, pubsub::kMaxLoops)),
       option("tls.certificate", "serve https and wss with this certificate (PEM, with its chain)",
              kTls(&TlsOptions::certificate_file), text_form("FILE")),
       option("tls.key", "the certificate's private key (PEM)", kTls(&TlsOptions::key_file), text_form("FILE"))});
  add(table, "Which web pages may connect",
      {option("check_origin", "conn: those of the host they connect to; true: of url_host; false: all; or a list",
              kEndpoint(&EndpointOptions::check_origin), Form{parse_origins, print_origins, "RULE", Shape::list}),
       option("url_host", "the host of check_origin true", kEndpoint(&EndpointOptions::url_host), text_form("HOST"))});
  add(table, "Behind a proxy",
      {option("trusted_proxies", "addresses and networks whose X-Forwarded-* and Forwarded headers are believed",
              kEndpoint(&EndpointOptions::trusted_proxies), Form{parse_proxies, print_names, "LIST", Shape::list})});
  add(table, "Sockets",
      {option("socket.max_channels", "channels that one connection may join", kSocket(&SocketOptions::max_channels),
              count_form(1)),
       option("socket.max_frame_size", "largest message; then close 1009", kSocket(&SocketOptions::max_frame_size),
              size_form(1)),
       option("socket.idle_timeout", "longest silence of a client; then close 1001",
              kSocket(&SocketOptions::idle_timeout), time_form(1ms)),
       option("socket.join_timeout", "for the answer to a join that comes later; then the join is refused",
              kSocket(&SocketOptions::join_timeout), time_form(1ms)),
       option("socket.compress", "offer permessage-deflate", kSocket(&SocketOptions::compress), switch_form())});
  add(table, "Users, for development",
      {option("identify.param", "a client is the user that this parameter of its connect names; nothing checks it",
              kOwn(&ServerConfig::identify_param), text_form("NAME"))});
}

void add_limits(Options& table) {
  add(table, "Limits",
      {option("max_connections", "connections open at once; more are closed",
              kEndpoint(&EndpointOptions::max_connections), count_form(1)),
       option("max_queued_bytes", "what may wait for a slow reader; then close 1013",
              kEndpoint(&EndpointOptions::max_queued_bytes), size_form(4096)),
       option("max_unfinished_bytes", "messages that have not come whole, of all connections; then close 1013",
              kEndpoint(&EndpointOptions::max_unfinished_bytes), size_form(1)),
       option("http.max_header_size", "largest head of a request; then 431",
              kEndpoint(&EndpointOptions::max_header_size), size_form(256)),
       option("http.request_timeout", "for a whole request to arrive; then 408",
              kEndpoint(&EndpointOptions::request_timeout), time_form(1ms)),
       option("http.keep_alive_timeout", "longest pause between two requests",
              kEndpoint(&EndpointOptions::keep_alive_timeout), time_form(1ms))});
  add(table, "Ending, on SIGTERM and SIGINT",
      {option("drain.batch_size", "connections told at a time to go elsewhere (close 1012)",
              kDrain(&DrainOptions::batch_size), count_form(1)),
       option("drain.batch_interval", "between two batches", kDrain(&DrainOptions::batch_interval), time_form(0ms)),
       option("drain.deadline", "then the rest is cut off", kDrain(&DrainOptions::deadline), time_form(0ms))});
}

void add_logs(Options& table) {
  add(table, "Logs, on standard error",
      {option("log.level", "least important to show: debug, info, warning, error or off",
              kOwn(&ServerConfig::log_level), word_form(kLogLevels, "LEVEL")),
       option("log.format", "text, or json: one object a line", kOwn(&ServerConfig::log_format),
              word_form(kLogFormats, "FORMAT")),
       option("log.filter_parameters", "at level debug, values of parameters with such a word in their name are hidden",
              kEndpoint(&EndpointOptions::filter_parameters), Form{parse_names, print_names, "NAMES", Shape::list})});
}

Options make_table() {
  Options table;
  add_clients(table);
  add_limits(table);
  add_logs(table);
  return table;
}

}  // namespace

std::string Option::flag() const {
  std::string name = "--" + key;
  std::ranges::replace_if(name, [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

std::span<const Option> server_options() {
  static const Options kTable = make_table();
  return kTable;
}

}  // namespace suzaku::config

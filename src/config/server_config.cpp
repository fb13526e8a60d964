#include "config/server_config.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/trim.hpp>

#include "config/values.hpp"
#include "config/words.hpp"
#include "net/network.hpp"
#include "pubsub/directory.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;
using Shape = Option::Shape;

Result<server::CheckOrigin> parse_origins(std::string_view text) {
  auto parsed = server::CheckOrigin::parse(text);
  if (!parsed)
    return unexpected_value(text, "true, false, conn, or origins such as https://example.com or //*.example.com");
  return parsed;
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

std::string print_origins(const server::CheckOrigin& policy) {
  switch (policy.kind) {
    case server::CheckOrigin::Kind::any:
      return "false";
    case server::CheckOrigin::Kind::host:
      return "true";
    case server::CheckOrigin::Kind::request:
      return "conn";
    case server::CheckOrigin::Kind::list:
      break;
  }
  return boost::algorithm::join(policy.origins, ",");
}

std::string print_text(const std::string& text) {
  return text;
}

/// What --help and error messages say of an option.
struct About {
  std::string key, group, value_name, help;
  Shape shape = Shape::single;
};

/// An option that lives in `field(config)`, a reference, and is written as `parse` and `print` say.
template <class Field, class Parse, class Print>
Option option(const About& about, Field field, Parse parse, Print print) {
  return {.key = about.key,
          .group = about.group,
          .value_name = about.value_name,
          .help = about.help,
          .shape = about.shape,
          .set = [=](ServerConfig& config, std::string_view text) -> Result<void> {
            auto value = parse(text);
            if (!value) return tl::unexpected(std::move(value.error()));
            auto& target = field(config);
            target = static_cast<std::remove_reference_t<decltype(target)>>(*std::move(value));
            return {};
          },
          .get = [=](const ServerConfig& config) { return print(field(config)); }};
}

/// A file of TLS, which is on as soon as one of them is named.
Option tls_file(const About& about, std::string server::TlsOptions::* file) {
  return {.key = about.key,
          .group = about.group,
          .value_name = about.value_name,
          .help = about.help,
          .set = [=](ServerConfig& config, std::string_view text) -> Result<void> {
            auto path = parse_text(text);
            if (!path) return tl::unexpected(std::move(path.error()));
            if (!config.endpoint.tls) config.endpoint.tls.emplace();
            (*config.endpoint.tls).*file = *std::move(path);
            return {};
          },
          .get = [=](const ServerConfig& config) { return config.endpoint.tls ? (*config.endpoint.tls).*file : ""; }};
}

void add_listening(std::vector<Option>& table) {
  const std::string group = "Listening";
  table.push_back(option(
      {"host", group, "ADDRESS", "address to listen on; :: is all of them, IPv4 and IPv6"},
      [](auto& config) -> auto& { return config.endpoint.host; }, parse_text, print_text));
  table.push_back(option(
      {"port", group, "PORT", "port to listen on; 0 lets the system choose"},
      [](auto& config) -> auto& { return config.endpoint.port; },
      count_in({0, std::numeric_limits<std::uint16_t>::max()}), print_count));
  table.push_back(option(
      {"loops", group, "COUNT", "event loops, each a thread; 0 is one per core"},
      [](auto& config) -> auto& { return config.endpoint.loops; }, count_in({0, pubsub::kMaxLoops}), print_count));
  table.push_back(
      tls_file({"tls.certificate", group, "FILE", "serve https and wss with this certificate (PEM, with its chain)"},
               &server::TlsOptions::certificate_file));
  table.push_back(
      tls_file({"tls.key", group, "FILE", "the certificate's private key (PEM)"}, &server::TlsOptions::key_file));
}

void add_origins(std::vector<Option>& table) {
  const std::string group = "Which web pages may connect";
  table.push_back(option(
      {"check_origin", group, "RULE",
       "conn: those of the host they connect to; true: of url_host; false: all; or a list", Shape::list},
      [](auto& config) -> auto& { return config.endpoint.check_origin; }, parse_origins, print_origins));
  table.push_back(option(
      {"url_host", group, "HOST", "the host of check_origin true"},
      [](auto& config) -> auto& { return config.endpoint.url_host; }, parse_text, print_text));
}

void add_proxies(std::vector<Option>& table) {
  table.push_back(option(
      {"trusted_proxies", "Behind a proxy", "LIST",
       "addresses and networks whose X-Forwarded-* and Forwarded headers are believed", Shape::list},
      [](auto& config) -> auto& { return config.endpoint.trusted_proxies; }, parse_proxies,
      [](const auto& proxies) { return boost::algorithm::join(proxies, ","); }));
}

void add_sockets(std::vector<Option>& table) {
  const std::string group = "Sockets";
  table.push_back(option(
      {"socket.max_channels", group, "COUNT", "channels that one connection may join"},
      [](auto& config) -> auto& { return config.socket.max_channels; }, count_in({.least = 1}), print_count));
  table.push_back(option(
      {"socket.max_frame_size", group, "SIZE", "largest message; then close 1009"},
      [](auto& config) -> auto& { return config.socket.max_frame_size; }, size_from(1), print_size));
  table.push_back(option(
      {"socket.idle_timeout", group, "TIME", "longest silence of a client; then close 1001"},
      [](auto& config) -> auto& { return config.socket.idle_timeout; }, time_from(1ms), print_time));
  table.push_back(option(
      {"socket.compress", group, "", "offer permessage-deflate", Shape::on_off},
      [](auto& config) -> auto& { return config.socket.compress; }, parse_switch, print_switch));
}

void add_limits(std::vector<Option>& table) {
  const std::string group = "Limits";
  table.push_back(option(
      {"max_connections", group, "COUNT", "connections open at once; more are closed"},
      [](auto& config) -> auto& { return config.endpoint.max_connections; }, count_in({.least = 1}), print_count));
  table.push_back(option(
      {"max_queued_bytes", group, "SIZE", "what may wait for a slow reader; then close 1013"},
      [](auto& config) -> auto& { return config.endpoint.max_queued_bytes; }, size_from(4096), print_size));
  table.push_back(option(
      {"max_unfinished_bytes", group, "SIZE", "messages that have not come whole, of all connections; then close 1013"},
      [](auto& config) -> auto& { return config.endpoint.max_unfinished_bytes; }, size_from(1), print_size));
  table.push_back(option(
      {"http.max_header_size", group, "SIZE", "largest head of a request; then 431"},
      [](auto& config) -> auto& { return config.endpoint.max_header_size; }, size_from(256), print_size));
  table.push_back(option(
      {"http.request_timeout", group, "TIME", "for a whole request to arrive; then 408"},
      [](auto& config) -> auto& { return config.endpoint.request_timeout; }, time_from(1ms), print_time));
  table.push_back(option(
      {"http.keep_alive_timeout", group, "TIME", "longest pause between two requests"},
      [](auto& config) -> auto& { return config.endpoint.keep_alive_timeout; }, time_from(1ms), print_time));
}

void add_draining(std::vector<Option>& table) {
  const std::string group = "Ending, on SIGTERM and SIGINT";
  table.push_back(option(
      {"drain.batch_size", group, "COUNT", "connections told at a time to go elsewhere (close 1012)"},
      [](auto& config) -> auto& { return config.endpoint.drain.batch_size; }, count_in({.least = 1}), print_count));
  table.push_back(option(
      {"drain.batch_interval", group, "TIME", "between two batches"},
      [](auto& config) -> auto& { return config.endpoint.drain.batch_interval; }, time_from(0ms), print_time));
  table.push_back(option(
      {"drain.deadline", group, "TIME", "then the rest is cut off"},
      [](auto& config) -> auto& { return config.endpoint.drain.deadline; }, time_from(0ms), print_time));
}

void add_logs(std::vector<Option>& table) {
  const std::string group = "Logs, on standard error";
  table.push_back(option(
      {"log.level", group, "LEVEL", "least important to show: debug, info, warning, error or off"},
      [](auto& config) -> auto& { return config.log_level; }, one_of(kLogLevels),
      [](log::Level level) { return print_word(level, kLogLevels); }));
  table.push_back(option(
      {"log.format", group, "FORMAT", "text, or json: one object a line"},
      [](auto& config) -> auto& { return config.log_format; }, one_of(kLogFormats),
      [](log::Format format) { return print_word(format, kLogFormats); }));
  table.push_back(option(
      {"log.filter_parameters", group, "NAMES",
       "at level debug, values of parameters with such a word in their name are hidden", Shape::list},
      [](auto& config) -> auto& { return config.endpoint.filter_parameters; }, parse_names, print_names));
}

std::vector<Option> make_table() {
  std::vector<Option> table;
  add_listening(table);
  add_origins(table);
  add_proxies(table);
  add_sockets(table);
  add_limits(table);
  add_draining(table);
  add_logs(table);
  return table;
}

}  // namespace

std::span<const Option> server_options() {
  static const std::vector<Option> kTable = make_table();
  return kTable;
}

Result<void> apply_flag(ServerConfig& config, const Option& option, std::string_view value) {
  if (const auto done = option.set(config, value); !done) return failure(option.flag() + ": " + done.error().message);
  return {};
}

Result<void> check(const ServerConfig& config) {
  if (config.socket.compress && config.socket.max_frame_size > config.endpoint.max_unfinished_bytes / 2)
    return failure(
        "socket.max_frame_size is more than half of max_unfinished_bytes: a compressed message may be held twice, as "
        "it "
        "came and inflated");
  if (config.socket.max_frame_size > config.endpoint.max_unfinished_bytes)
    return failure("socket.max_frame_size is more than max_unfinished_bytes: no such message could come whole");
  const auto& tls = config.endpoint.tls;
  if (tls && tls->key_file.empty()) return failure("tls.certificate is set without tls.key; set both, or none");
  if (tls && tls->certificate_file.empty()) return failure("tls.key is set without tls.certificate; set both, or none");
  return {};
}

std::string_view yaml_example() {
  return R"(port: ${PORT:-4000}
check_origin:
  - https://example.com
  - //*.example.com
socket:
  idle_timeout: 60s
drain:
  deadline: 30s
log:
  format: json
)";
}

}  // namespace suzaku::config

#include "config/agent_reading.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/ascii.hpp"
#include "client/core/options_check.hpp"
#include "client/core/url.hpp"
#include "config/fresh.hpp"
#include "config/machine.hpp"
#include "config/mapping.hpp"
#include "config/settings.hpp"
#include "config/words.hpp"
#include "net/tls.hpp"
#include "sinks/spool_file.hpp"
#include "sinks/webhook_request.hpp"
#include "ws/client_handshake.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;
using namespace sinks;
using signals::Drop;
using Mode = WebhookOptions::Mode;

enum class Kind : std::uint8_t { standard_output, file, webhook, command, push };
constexpr Words<Kind, 5> kSinks = {{{"stdout", Kind::standard_output},
                                    {"file", Kind::file},
                                    {"webhook", Kind::webhook},
                                    {"command", Kind::command},
                                    {"push", Kind::push}}};
constexpr Words<Mode, 2> kModes = {{{"structured", Mode::structured}, {"binary", Mode::binary}}};
constexpr Words<Drop, 2> kDrops = {{{"oldest", Drop::oldest}, {"newest", Drop::newest}}};

/// The absolute path. The path as it is when the working directory does not exist.
std::filesystem::path canonical_path(const std::string& path) {
  std::error_code error;
  std::filesystem::path place = std::filesystem::absolute(path, error);
  if (error) place = path;
  std::filesystem::path found = std::filesystem::weakly_canonical(place, error);
  return error ? place.lexically_normal() : found;
}

/// The path of a file that no other agent may write to.
void read_own_file(Mapping& mapping, std::string_view name, std::string& path, AgentContext& context) {
  const auto value = mapping.require(name);
  if (!value || !value->read(path, parse_text)) return;
  const auto [other, is_new] = context.files.emplace(canonical_path(path), value->key());
  if (!is_new) value->complain("this is the file of " + other->second + " too; expected one for each");
}

FileOptions read_file(Mapping& mapping, AgentContext& context) {
  FileOptions options;
  read_own_file(mapping, "path", options.path, context);
  mapping.read("max_size", options.max_size, size_from(0));
  mapping.read("keep", options.keep, count_in({.most = 1'000}));
  return options;
}

/// What is wrong with the URL of a webhook.
std::optional<std::string> complaint_of_webhook(const Text& url) {
  const bool is_http = url.value.starts_with("https://") || url.value.starts_with("http://");
  if (is_http && client::core::parse_url(url.value)) return {};
  return "found no URL of a webhook, expected one such as https://example.com/hook";
}

std::optional<std::string> read_webhook_secret(const Value& value) {
  auto secret = read_secret(value);
  if (secret && !webhook_key(*secret)) value.complain("it begins with whsec_, but what follows is not Base64");
  return secret;
}

/// Headers that each request has anyway.
bool is_webhooks_own(std::string_view header) {
  const std::string name = ascii::lower_case(header);
  return name == "content-type" || name.starts_with("ce-") || name.starts_with("webhook-");
}

std::vector<client::Header> read_webhook_headers(const Value& value) {
  auto headers = read_headers(value);
  ws::Headers checked;
  for (const auto& [name, content] : headers) {
    checked.emplace_back(name, content);
    if (is_webhooks_own(name)) value.complain("the webhook sets " + name + " itself");
  }
  if (const auto good = ws::check_headers(checked); !good) value.complain(good.error().message);
  return headers;
}

/// The certificate authorities of a webhook.
Result<void> can_verify(const std::string& ca_file) {
  return net::TlsContext::for_client({.ca_file = ca_file}).map([](const auto&) {});
}

WebhookOptions read_webhook(Mapping& mapping, AgentContext& context) {
  WebhookOptions options;
  read_url(mapping, options.url, context.production, complaint_of_webhook);
  mapping.read("mode", options.mode, one_of(kModes));
  if (const auto value = mapping.find("headers"))
    options.headers = fresh<WebhookHeaders>(*value, read_webhook_headers(*value), read_webhook_headers);
  if (const auto value = mapping.find("secret"))
    if (const auto secret = read_webhook_secret(*value))
      options.secret = fresh<WebhookSecret>(*value, *secret, read_webhook_secret);
  mapping.read("ca_file", options.ca_file, parse_text, can_verify);
  mapping.read("timeout", options.timeout, time_from(1ms));
  read_own_file(mapping, "spool", options.spool, context);
  if (const auto spool = mapping.find("spool"))
    spool->look([path = options.spool] { return can_make_file(path).and_then([&] { return check_spool(path); }); });
  mapping.read("max_spool_size", options.max_spool_size, size_from(1));
  mapping.read("max_attempts", options.max_attempts, count_in({}));
  mapping.read("max_age", options.max_age, time_from(0ms));
  mapping.read("max_parked_size", options.max_parked_size, size_from(0));
  if (const auto retry = mapping.find("retry")) read_backoff(*retry, options.retry);
  return options;
}

bool is_name_of_variable(std::string_view name) {
  return !name.empty() && name.find('=') == name.npos && name.find('\0') == name.npos;
}

CommandOptions read_command(Mapping& mapping) {
  CommandOptions options;
  mapping.read("directory", options.directory, parse_text, is_folder);
  if (const auto command = mapping.require("command")) {
    const auto items = command->items();
    for (const Value& item : items)
      if (auto text = item.text()) options.command.push_back(std::move(text->value));
    const bool is_list = command->is(YamlNode::Kind::list) || command->is(YamlNode::Kind::nothing);
    if (is_list && items.empty()) command->complain("found no program, expected a list such as [python3, answer.py]");
    if (!items.empty() && options.command.size() == items.size())
      command->look(
          [program = options.command.front(), folder = options.directory] { return is_program(program, folder); });
  }
  mapping.read("grace", options.grace, time_from(0ms));
  if (const auto environment = mapping.find("environment"))
    for (const auto& [name, value] : environment->entries()) {
      if (!is_name_of_variable(name))
        value.reading().complain(value.key_place(), value.key(), "this cannot be the name of a variable");
      if (auto text = value.text()) options.environment.emplace_back(name, std::move(text->value));
    }
  return options;
}

PushOptions read_push(Mapping& mapping, const AgentContext& context) {
  PushOptions options;
  std::size_t connection = 0;
  const auto value = mapping.require("connection");
  if (value && value->read(connection, one_of_names("a connection", context.connections)))
    options.connection = context.connections[connection];
  mapping.read("topic", options.topic, parse_text);
  mapping.read("event", options.event, parse_text);
  return options;
}

SinkOptions read_sink(Kind kind, Mapping& mapping, AgentContext& context) {
  switch (kind) {
    case Kind::standard_output:
      break;
    case Kind::file:
      return read_file(mapping, context);
    case Kind::webhook:
      return read_webhook(mapping, context);
    case Kind::command:
      return read_command(mapping);
    case Kind::push:
      return read_push(mapping, context);
  }
  return StdoutOptions();
}

}  // namespace

AgentConfig read_agent(const std::string& name, const Value& value, AgentContext& context) {
  Reading& reading = value.reading();
  reading.take_record();
  AgentConfig config;
  config.agent.name = name;
  if (name.empty()) reading.complain(value.key_place(), value.key(), "found no name of an agent, expected one");

  Mapping mapping(value);
  Kind kind = Kind::standard_output;
  const auto sink = mapping.require("sink");
  const bool is_known = sink && sink->read(kind, one_of(kSinks));
  if (is_known) config.sink = read_sink(kind, mapping, context);
  auto* const command = std::get_if<CommandOptions>(&config.sink);
  read_restart(mapping, command ? command->restart : config.agent.restart);
  if (command) config.agent.restart.restart = signals::Restart::temporary;  // the sink starts its program again
  read_filters(mapping, config.agent.filters);
  mapping.read("capacity", config.agent.capacity, count_in({.least = 1}));
  mapping.read("max_queue_size", config.agent.max_bytes, size_from(1));
  mapping.read("drop", config.agent.drop, one_of(kDrops));
  if (is_known) mapping.finish();  // of an unknown kind the right keys are not known
  config.settings = reading.take_record();
  return config;
}

}  // namespace suzaku::config

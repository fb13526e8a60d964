#include "config/bridge_config.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <sys/un.h>

#include "config/agent_reading.hpp"
#include "config/connection_reading.hpp"
#include "config/document.hpp"
#include "config/machine.hpp"
#include "config/mapping.hpp"
#include "config/routes_reading.hpp"
#include "config/settings.hpp"
#include "config/spelling.hpp"
#include "config/words.hpp"
#include "config/yaml_tree.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;
using Entries = std::vector<std::pair<std::string, Value>>;

constexpr Words<bool, 2> kEnvironments = {{{"production", true}, {"development", false}}};

std::vector<std::string> names_of(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& [name, value] : entries) names.push_back(name);
  return names;
}

Result<std::string> parse_socket_path(std::string_view text) {
  constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (text.empty() || text.size() > kLongest)
    return unexpected_value(text, "the path of a socket, at most " + std::to_string(kLongest) + " bytes");
  return std::string(text);
}

/// As a mistake of `control` in the default path, too.
void look_for_default_control(const Value& file, const std::string& path) {
  if (file.reading().depth() != Depth::machine) return;
  file.reading().look_later([file, path] {
    const auto good = can_make_file(path);
    if (!good)
      file.reading().complain(file.key_place(), "control",
                              "the default is " + path + ": " + good.error().message + "; set another path");
  });
}

void read_control(Mapping& file, BridgeConfig& config) {
  file.value().reading().begin_part("control");
  config.control = default_control(file.value().reading().environment());
  if (!file.find("control")) look_for_default_control(file.value(), config.control);
  file.read("control", config.control, parse_socket_path, can_make_file);
}

void read_daemon(Mapping& file, BridgeConfig& config) {
  file.read("stop_deadline", config.stop_deadline, time_from(0ms));
  const auto value = file.find("log");
  if (!value) return;
  Mapping log(*value);
  log.read("level", config.log_level, one_of(kLogLevels));
  log.read("format", config.log_format, one_of(kLogFormats));
  log.finish();
}

Entries entries_of(Mapping& file, std::string_view name) {
  const auto value = file.find(name);
  return value ? value->entries() : Entries();
}

void read_connections(Mapping& file, const Entries& entries, bool production, BridgeConfig& config) {
  const auto value = file.find("connections");
  const bool is_empty = !value || value->is(YamlNode::Kind::nothing) ||
                        (value->is(YamlNode::Kind::mapping) && value->node().entries.empty());
  if (is_empty)
    file.value().reading().complain((value ? *value : file.value()).key_place(), "connections",
                                    "found none, expected at least one");
  for (const auto& [name, connection] : entries) {
    connection.reading().begin_part(connection.key());
    config.connections.push_back(read_connection(name, connection, production));
  }
}

void read_agents(const Entries& entries, AgentContext context, BridgeConfig& config) {
  for (const auto& [name, agent] : entries) {
    agent.reading().begin_part(agent.key());
    config.agents.push_back(read_agent(name, agent, context));
  }
}

void read_routes(Mapping& file, const Entries& agents, BridgeConfig& config) {
  const auto routes = file.find("routes");
  const auto reached = routes ? read_routes(*routes, config.agents) : std::set<std::string>();
  for (const auto& [name, agent] : agents)
    if (!reached.contains(name)) agent.reading().complain(agent.key_place(), agent.key(), "no route leads to it");
}

/// Whether one of them has equal settings. They begin with the keys, and so with the name.
template <class Config>
bool holds(const std::vector<Config>& all, const Config& one) {
  return std::ranges::any_of(all, [&](const Config& other) { return other.settings == one.settings; });
}

/// What stays as it is needs no look at the machine.
void forget_looks_of(const BridgeConfig& running, const BridgeConfig& config, Reading& reading) {
  if (running.control == config.control) reading.forget_looks("control");
  for (const auto& connection : config.connections)
    if (holds(running.connections, connection)) reading.forget_looks("connections." + connection.options.name);
  for (const auto& agent : config.agents)
    if (holds(running.agents, agent)) reading.forget_looks("agents." + agent.agent.name);
}

void read(const Value& root, BridgeConfig& config, const BridgeConfig* running) {
  Mapping file(root);
  bool production = false;
  file.read("environment", production, one_of(kEnvironments));
  read_control(file, config);
  read_daemon(file, config);
  const Entries connections = entries_of(file, "connections");
  read_connections(file, connections, production, config);
  const Entries agents = entries_of(file, "agents");
  read_agents(agents, {.production = production, .connections = names_of(connections)}, config);
  read_routes(file, agents, config);
  if (running) forget_looks_of(*running, config, root.reading());
  file.finish();
}

}  // namespace

std::string default_control(const Environment& environment) {
  const auto folder = environment("XDG_RUNTIME_DIR");
  return folder && !folder->empty() ? *folder + "/suzaku-bridge.sock" : "/run/suzaku/bridge.sock";
}

tl::expected<BridgeConfig, Mistakes> read_bridge_config(const std::string& text, const std::string& name,
                                                        const Environment& environment, Depth depth,
                                                        const BridgeConfig* running) {
  BridgeConfig config;
  auto mistakes =
      read_document(text, name, environment, [&](const Value& root) { read(root, config, running); }, depth);
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return config;
}

tl::expected<BridgeConfig, Mistakes> load_bridge_config(const std::string& path, const Environment& environment,
                                                        Depth depth, const BridgeConfig* running) {
  return read_file(path).and_then(
      [&](const std::string& text) { return read_bridge_config(text, path, environment, depth, running); });
}

std::optional<ConfigKind> kind_of_config(const std::string& text) {
  static const std::vector<std::string> kBridge = {"connections", "agents",        "routes",
                                                   "control",     "stop_deadline", "environment"};
  const auto root = parse_yaml(text);
  if (!root || (*root)->entries.empty()) return {};
  const auto is_of_bridge = [](const auto& entry) { return nearest_name(entry.first->text, kBridge).has_value(); };
  return std::ranges::any_of((*root)->entries, is_of_bridge) ? ConfigKind::bridge : ConfigKind::server;
}

}  // namespace suzaku::config

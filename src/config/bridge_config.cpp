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

void read_daemon(Mapping& file, BridgeConfig& config) {
  config.control = default_control(file.value().reading().environment());
  file.read("control", config.control, parse_socket_path, can_make_file);
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
  for (const auto& [name, connection] : entries)
    config.connections.push_back(read_connection(name, connection, production));
}

void read_agents(const Entries& entries, AgentContext context, BridgeConfig& config) {
  for (const auto& [name, agent] : entries) config.agents.push_back(read_agent(name, agent, context));
}

void read_routes(Mapping& file, const Entries& agents, BridgeConfig& config) {
  const auto routes = file.find("routes");
  const auto reached = routes ? read_routes(*routes, config.agents) : std::set<std::string>();
  for (const auto& [name, agent] : agents)
    if (!reached.contains(name)) agent.reading().complain(agent.key_place(), agent.key(), "no route leads to it");
}

void read(const Value& root, BridgeConfig& config) {
  Mapping file(root);
  bool production = false;
  file.read("environment", production, one_of(kEnvironments));
  read_daemon(file, config);
  const Entries connections = entries_of(file, "connections");
  read_connections(file, connections, production, config);
  const Entries agents = entries_of(file, "agents");
  read_agents(agents, {.production = production, .connections = names_of(connections)}, config);
  read_routes(file, agents, config);
  file.finish();
}

}  // namespace

std::string default_control(const Environment& environment) {
  const auto folder = environment("XDG_RUNTIME_DIR");
  return folder && !folder->empty() ? *folder + "/suzaku-bridge.sock" : "/run/suzaku/bridge.sock";
}

tl::expected<BridgeConfig, Mistakes> read_bridge_config(const std::string& text, const std::string& name,
                                                        const Environment& environment, Depth depth) {
  BridgeConfig config;
  auto mistakes = read_document(text, name, environment, [&](const Value& root) { read(root, config); }, depth);
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return config;
}

tl::expected<BridgeConfig, Mistakes> load_bridge_config(const std::string& path, const Environment& environment) {
  return read_file(path).and_then([&](const std::string& text) { return read_bridge_config(text, path, environment); });
}

bool is_bridge_config(const std::string& text) {
  const auto root = parse_yaml(text);
  return root && std::ranges::any_of((*root)->entries, [](const auto& entry) {
           const std::string& name = entry.first->text;
           return name == "connections" || name == "agents" || name == "routes";
         });
}

}  // namespace suzaku::config

#include "config/routes_reading.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "config/mapping.hpp"
#include "config/settings.hpp"
#include "config/values.hpp"
#include "signals/type_pattern.hpp"

namespace suzaku::config {
namespace {

Result<std::string> parse_pattern(std::string_view text) {
  try {
    signals::TypePattern pattern(text);
    return std::string(text);
  } catch (const std::invalid_argument&) {
    return unexpected_value(text, "names, * or ** between dots, as in suzaku.*.room_lobby.**");
  }
}

std::vector<std::string> read_patterns(const Value& value) {
  std::vector<std::string> patterns;
  const auto items = value.one_or_more();
  if (value.is(YamlNode::Kind::list) && items.empty()) value.complain("found no pattern, expected at least one");
  for (const Value& item : items)
    if (std::string pattern; item.read(pattern, parse_pattern)) patterns.push_back(std::move(pattern));
  return patterns;
}

std::vector<std::size_t> read_agents(const Value& value, const std::vector<AgentConfig>& agents) {
  std::vector<std::string> names;
  names.reserve(agents.size());
  for (const AgentConfig& agent : agents) names.push_back(agent.agent.name);
  std::vector<std::size_t> found;
  const auto items = value.one_or_more();
  if (value.is(YamlNode::Kind::list) && items.empty()) value.complain("found no agent, expected at least one");
  for (const Value& item : items)
    if (std::size_t agent = 0; item.read(agent, one_of_names("an agent", names))) found.push_back(agent);
  return found;
}

void add_patterns(AgentConfig& config, const std::vector<std::string>& patterns) {
  auto& known = config.agent.patterns;
  for (const std::string& pattern : patterns) {
    if (std::ranges::find(known, pattern) != known.end()) continue;
    known.push_back(pattern);
    config.settings.append("route ").append(pattern).append("\n");
  }
}

}  // namespace

std::set<std::string> read_routes(const Value& value, std::vector<AgentConfig>& agents) {
  std::set<std::string> reached;
  for (const Value& item : value.items()) {
    Mapping route(item);
    const auto from = route.require("from");
    const auto to = route.require("to");
    route.finish();
    const auto patterns = from ? read_patterns(*from) : std::vector<std::string>();
    for (const std::size_t agent : to ? read_agents(*to, agents) : std::vector<std::size_t>()) {
      reached.insert(agents[agent].agent.name);
      add_patterns(agents[agent], patterns);
    }
  }
  return reached;
}

}  // namespace suzaku::config

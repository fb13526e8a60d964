#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/bridge_config.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// Gives each agent the patterns of its routes. Returns the names of the agents that have a route, even one with bad
/// patterns.
std::set<std::string> read_routes(const Value& value, std::vector<AgentConfig>& agents);

}  // namespace suzaku::config

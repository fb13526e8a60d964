#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/bridge_config.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// Gives each agent the patterns of the routes that lead to it. Returns the names of those that a route leads to, be
/// its patterns good or not.
std::set<std::string> read_routes(const Value& value, std::vector<AgentConfig>& agents);

}  // namespace suzaku::config

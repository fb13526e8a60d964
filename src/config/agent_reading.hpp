#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/bridge_config.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// What else the file says, as far as an agent must agree with it.
struct AgentContext {
  bool production = false;
  std::vector<std::string> connections = {};      // their names
  std::map<std::string, std::string> files = {};  // those of other agents, and the keys that name them
};

/// An agent of a bridge's file: `name`, and what the file says of it. Its patterns are not known here. Its file is
/// added to the context.
AgentConfig read_agent(const std::string& name, const Value& value, AgentContext& context);

}  // namespace suzaku::config

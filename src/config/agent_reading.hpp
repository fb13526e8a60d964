#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/bridge_config.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// The parts of the file that an agent is checked against.
struct AgentContext {
  bool production = false;
  std::vector<std::string> connections = {};      // their names
  std::map<std::string, std::string> files = {};  // paths of other agents' files, and the keys that name them
};

/// Reads an agent of a bridge's file from its `name` and its `value`. Its patterns are set by the routes. Its file is
/// added to the context.
AgentConfig read_agent(const std::string& name, const Value& value, AgentContext& context);

}  // namespace suzaku::config

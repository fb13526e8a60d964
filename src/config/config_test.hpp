#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "config/bridge_config.hpp"
#include "config/environment.hpp"
#include "config/mistake.hpp"

namespace suzaku::config {

/// "a.yaml:3:7: key: message", a line for each.
inline std::string lines(const Mistakes& mistakes) {
  std::string text;
  for (const auto& [place, message] : mistakes) text.append(place).append(": ").append(message).append("\n");
  return text;
}

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

/// Reads a configuration that has no mistakes.
inline BridgeConfig good(const std::string& text, const Environment& environment = environment_of({})) {
  const auto config = read_bridge_config(text, "a.yaml", environment);
  if (!config) throw std::runtime_error(lines(config.error()));
  return *config;
}

/// All mistakes of a configuration, a line for each.
inline std::string mistakes(const std::string& text) {
  const auto config = read_bridge_config(text, "a.yaml", environment_of({{"WORD", "soon"}, {"NAME", "lgo"}}));
  return config ? "" : lines(config.error());
}

}  // namespace suzaku::config

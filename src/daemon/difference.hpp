#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "config/bridge_config.hpp"

namespace suzaku::daemon {

/// The differences between two configurations, by name.
struct Difference {
  std::vector<std::string> added, removed, changed;
};

inline const std::string& name_of(const config::ConnectionConfig& config) {
  return config.options.name;
}
inline const std::string& name_of(const config::AgentConfig& config) {
  return config.agent.name;
}

/// The element of this name, or nullptr.
template <class Config>
const Config* find(const std::vector<Config>& in, const std::string& name) {
  const auto found = std::ranges::find_if(in, [&](const Config& config) { return name_of(config) == name; });
  return found == in.end() ? nullptr : &*found;
}

template <class Config>
Difference difference(const std::vector<Config>& before, const std::vector<Config>& after) {
  Difference difference;
  for (const Config& config : before)
    if (!find(after, name_of(config))) difference.removed.push_back(name_of(config));
  for (const Config& config : after) {
    const Config* const earlier = find(before, name_of(config));
    if (!earlier) {
      difference.added.push_back(name_of(config));
    } else if (earlier->settings != config.settings) {
      difference.changed.push_back(name_of(config));
    }
  }
  return difference;
}

}  // namespace suzaku::daemon

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include <suzaku/bridge/connection_options.hpp>
#include <suzaku/signals/coordinator.hpp>

#include "base/log.hpp"
#include "config/environment.hpp"
#include "config/mistake.hpp"
#include "sinks/options.hpp"

namespace suzaku::config {

/// A connection of a bridge.
struct ConnectionConfig {
  bridge::ConnectionOptions options;
  /// All settings as text, with variables filled in: equal texts mean equal settings. Holds secrets.
  std::string settings;
};

/// An agent of a bridge.
struct AgentConfig {
  signals::Agent agent;  // its patterns are those of the routes that lead to it; without `start`
  sinks::SinkOptions sink;
  std::string settings;  // as above
};

/// What `suzaku bridge` runs with.
struct BridgeConfig {
  std::string control;                              // path of the control socket
  std::chrono::milliseconds stop_deadline{10'000};  // for connections to end, and agents to do what waits
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
  std::vector<ConnectionConfig> connections;
  std::vector<AgentConfig> agents;
};

/// The default path of the control socket: $XDG_RUNTIME_DIR/suzaku-bridge.sock, or
/// /run/suzaku/bridge.sock.
std::string default_control(const Environment& environment);

/// Reads a YAML text. Mistakes name it `name`. Returns all mistakes, in the order of the file. What is the
/// same in a configuration that runs already is not looked for on the machine: it is in use.
tl::expected<BridgeConfig, Mistakes> read_bridge_config(const std::string& text, const std::string& name,
                                                        const Environment& environment, Depth depth = Depth::text,
                                                        const BridgeConfig* running = nullptr);

/// The same for a file.
tl::expected<BridgeConfig, Mistakes> load_bridge_config(const std::string& path, const Environment& environment,
                                                        Depth depth = Depth::text,
                                                        const BridgeConfig* running = nullptr);

/// What a YAML text configures, as far as its keys tell, also misspelt ones; nothing when they do not.
enum class ConfigKind : std::uint8_t { bridge, server };
std::optional<ConfigKind> kind_of_config(const std::string& text);

}  // namespace suzaku::config

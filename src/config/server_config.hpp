#pragma once

#include <span>
#include <string>
#include <string_view>

#include <suzaku/server/options.hpp>

#include "base/log.hpp"
#include "config/depth.hpp"
#include "config/environment.hpp"
#include "config/mistake.hpp"
#include "config/option.hpp"

namespace suzaku::config {

/// What `suzaku server` runs with; made without arguments, the defaults.
struct ServerConfig {
  /// Pages may connect from wherever they were loaded: right under every host name the server is reached by.
  server::EndpointOptions endpoint{.check_origin = {.kind = server::CheckOrigin::Kind::request}};
  server::SocketOptions socket;  // of the mount /socket
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
};

/// The table of all options, in the order of --help.
std::span<const Option> server_options();

/// Lays the settings of a YAML file over `config`. Gives all mistakes of the file; if there are any, `config` is of no
/// use.
Mistakes apply_file(ServerConfig& config, const std::string& path, const Environment& environment);
/// The same, for a text; `name` is what mistakes call it.
Mistakes apply_yaml(ServerConfig& config, const std::string& text, const std::string& name,
                    const Environment& environment, Depth depth = Depth::text);

/// Lays the value of a flag over `config`. Fails with the flag's name.
Result<void> apply_flag(ServerConfig& config, const Option& option, std::string_view value);

/// Whether the settings go together; asked when all have been applied.
Result<void> check(const ServerConfig& config);

/// A short configuration file, for --help.
std::string_view yaml_example();

}  // namespace suzaku::config

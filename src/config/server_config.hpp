#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>
#include <suzaku/server/options.hpp>

#include "base/log.hpp"
#include "config/environment.hpp"
#include "config/mistake.hpp"

namespace suzaku::config {

/// What `suzaku server` runs with; made without arguments, the defaults.
struct ServerConfig {
  /// Pages may connect from wherever they were loaded: right under every host name the server is reached by.
  server::EndpointOptions endpoint{.check_origin = {.kind = server::CheckOrigin::Kind::request}};
  server::SocketOptions socket;  // of the mount /socket
  std::string identify_param;    // of a connect: names the user, and nothing checks it; empty: no user is known
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
};

/// One thing that can be set, in a file and by a flag alike.
struct Option {
  std::string key;         // "drain.deadline": `deadline` of the mapping `drain` in YAML
  std::string help;        // half a sentence
  std::string value_name;  // what stands for the value in --help: "TIME"
  enum class Shape : std::uint8_t { single, list, on_off };
  Shape shape = Shape::single;  // list: YAML may give a sequence; on_off: the flag alone means true

  /// Fails with `found "x", expected y`.
  std::function<Result<void>(ServerConfig&, std::string_view)> set;
  std::function<std::string(const ServerConfig&)> get;
  std::string group = {};  // heading in --help

  /// "--drain-deadline"
  std::string flag() const;
};

/// The table of all options, in the order of --help.
std::span<const Option> server_options();

/// Applies the settings of a YAML file to `config`. Returns all mistakes of the file; if there are any, `config` must
/// not be used.
Mistakes apply_file(ServerConfig& config, const std::string& path, const Environment& environment);
/// The same for a text. Mistakes name it `name`. With Depth::machine it is taken for all that is set: settings
/// that do not go together are mistakes, too.
Mistakes apply_yaml(ServerConfig& config, const std::string& text, const std::string& name,
                    const Environment& environment, Depth depth = Depth::text);

/// Applies the value of a flag to `config`. A failure names the flag.
Result<void> apply_flag(ServerConfig& config, const Option& option, std::string_view value);

/// Whether the settings go together; asked when all have been applied.
Result<void> check(const ServerConfig& config);

/// A short configuration file, for --help.
std::string_view yaml_example();

}  // namespace suzaku::config

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/printable.hpp"
#include "bridge_commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/failure.hpp"
#include "config/bridge_config.hpp"
#include "config/document.hpp"
#include "config/server_config.hpp"

namespace suzaku::program {
namespace {

/// A summary of a valid file: "2 connections, 3 agents".
using Checked = tl::expected<std::string, config::Mistakes>;

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

Checked check_bridge(const std::string& text, const std::string& file) {
  return config::read_bridge_config(text, file, config::process_environment(), config::Depth::machine)
      .map([](const auto& config) {
        return count_of(config.connections.size(), "connection") + ", " + count_of(config.agents.size(), "agent");
      });
}

Checked check_server(const std::string& text, const std::string& file) {
  config::ServerConfig config;
  auto mistakes = config::apply_yaml(config, text, file, config::process_environment(), config::Depth::machine);
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return "a server";
}

struct Options {
  std::string file;
  bool is_bridge = false;
  bool is_server = false;
};

Checked check(const Options& options) {
  const std::string& file = options.file;
  return config::read_file(file).and_then([&](const std::string& text) -> Checked {
    const auto kind = config::kind_of_config(text);
    if (options.is_bridge || (!options.is_server && kind == config::ConfigKind::bridge))
      return check_bridge(text, file);
    auto checked = check_server(text, file);
    if (checked && !options.is_server && !kind)
      return tl::unexpected(
          config::Mistakes{{file, "found no settings; --bridge or --server says what the file is for"}});
    return checked;
  });
}

int run(const Options& options) {
  const auto checked = check(options);
  if (checked) {
    std::printf("%s: nothing is wrong (%s)\n", printable(options.file).c_str(), checked->c_str());
    return after_printing(kDone);
  }
  for (const auto& [place, message] : checked.error())
    std::fprintf(stderr, "%s\n", printable(fmt::format("{}: {}", place, message)).c_str());
  return kFailed;
}

}  // namespace

Command check_config_command(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("check-config", "Find all mistakes in a configuration file");
  app->add_option("FILE", options->file, "configuration of `suzaku bridge` or of `suzaku server`")
      ->type_name("")
      ->required();
  auto* const bridge = app->add_flag("--bridge", options->is_bridge, "it is one of `suzaku bridge`, whatever is in it");
  app->add_flag("--server", options->is_server, "it is one of `suzaku server`, whatever is in it")->excludes(bridge);
  app->footer(
      "Each mistake is a line on standard error, FILE:LINE:COLUMN: KEY: what was found and what was expected.\n"
      "A file with keys of a bridge, such as connections, is one of a bridge; any other is one of a server. "
      "Variables,\n"
      "secret files, certificates, folders, programs and addresses to listen on that it names are looked for as at "
      "the\n"
      "start, so check it on the machine, as the user and with the environment that it is for. Values of variables "
      "and\n"
      "secret files are not shown. Nothing is connected, written or started; whether a port is taken is not found "
      "out.\n\n"
      "Examples:\n"
      "  suzaku check-config bridge.yaml\n"
      "  suzaku check-config --bridge bridge.yaml\n\n"
      "Exit codes:\n"
      "   0  nothing is wrong\n"
      "   1  there are mistakes, or the file cannot be read\n"
      "   2  bad usage");
  return {app, [options] { return run(*options); }};
}

}  // namespace suzaku::program

#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "server_command.hpp"

namespace {

using namespace suzaku::program;

/// CLI11's, with one empty line between groups instead of two.
class Formatter final : public CLI::Formatter {
 public:
  Formatter() { column_width(34); }
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    return CLI::detail::find_and_replace(CLI::Formatter::make_help(app, std::move(name), mode), "\n\n\n", "\n\n");
  }
};

int run(int argc, char** argv) {
  CLI::App program{"Phoenix Channels in C++", "suzaku"};
  program.formatter(std::make_shared<Formatter>());
  program.set_help_flag("-h,--help", "print this and exit");
  program.set_version_flag("--version", "suzaku " SUZAKU_VERSION, "print the version and exit");
  program.footer(
      "`suzaku server --help` says what a command can do. `suzaku server` serves a chat room on "
      "http://localhost:4000.");
  const ServerCommand server(program);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    return ServerCommand::refuse_flag(program.remaining(true).front());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
      return program.exit(error);  // --help, --version
    std::fprintf(stderr, "suzaku: %s; see suzaku --help\n", error.what());
    return kBadUsage;
  }
  if (server.chosen()) return server.run();
  std::fputs("suzaku: name a command, such as `suzaku server`; see suzaku --help\n", stderr);
  return kBadUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "suzaku: %s\n", error.what());
    return kFailed;
  }
}

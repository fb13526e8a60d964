#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <suzaku/version.hpp>

#include "bridge/bridge_commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/failure.hpp"
#include "client/client_commands.hpp"
#include "config/spelling.hpp"
#include "server/server_command.hpp"

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

std::vector<Command> add_commands(CLI::App& program) {
  std::vector<Command> commands;
  for (const auto add : {server_command}) {
    commands.push_back(add(program));
    commands.back().app->group("Server");
  }
  for (const auto add : {bridge_command, check_config_command}) {
    commands.push_back(add(program));
    commands.back().app->group("Bridge");
  }
  for (const auto add : {listen_command, push_command, join_command, ping_command, replay_command}) {
    commands.push_back(add(program));
    commands.back().app->group("Client of any Phoenix app");
  }
  return commands;
}

/// The commands that were given: `bridge` and `ctl` of `suzaku bridge ctl`.
std::vector<const CLI::App*> given_commands(const CLI::App& program) {
  std::vector<const CLI::App*> given;
  for (auto parsed = program.get_subcommands(); !parsed.empty(); parsed = given.back()->get_subcommands())
    given.push_back(parsed.front());
  return given;
}

/// "suzaku listen", or "suzaku" when no command was given.
std::string chosen(const CLI::App& program) {
  std::string words = "suzaku";
  for (const CLI::App* command : given_commands(program)) words += ' ' + command->get_name();
  return words;
}

void add_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
}

/// Says which argument is unknown and what was meant. It may be a secret in the wrong place: of "--tokn=VALUE" only the
/// name is shown, and of words that are no options, those that look like a command.
int refuse_argument(const CLI::App& program) {
  std::string argument = program.remaining(true).front();
  argument.resize(std::min(argument.find('='), argument.size()));
  std::vector<std::string> names;
  add_names(program, names);
  const auto given = given_commands(program);
  for (const CLI::App* app : given) add_names(*app, names);
  for (const CLI::App* app : (given.empty() ? program : *given.back()).get_subcommands({}))
    names.push_back(app->get_name());
  const auto meant = suzaku::config::nearest_name(argument, names);
  if (!given.empty() && !meant && !argument.starts_with('-'))
    return complain({kBadUsage, "there is an argument too many; see " + chosen(program) + " --help"});
  return complain({kBadUsage, "unknown argument " + argument +
                                  (meant ? "; did you mean " + *meant + "?" : "; see " + chosen(program) + " --help")});
}

/// Whoever started us may have closed these; without this the next thing we open, such as a connection, would be taken
/// for one of them. Reading meets an end, as from /dev/null, but writing fails: what is said would be lost.
void open_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const bool is_open = ::fcntl(descriptor, F_GETFD) >= 0;
    if (!is_open && ::open("/dev/null", O_RDONLY) < 0)  // takes the lowest number that is free
      throw std::system_error(errno, std::generic_category(), "cannot open /dev/null");
  }
}

int run(int argc, char** argv) {
  CLI::App program{"Phoenix Channels in C++", "suzaku"};
  program.formatter(std::make_shared<Formatter>());
  program.set_help_flag("-h,--help", "print this and exit");
  program.set_version_flag("--version", "suzaku " SUZAKU_VERSION, "print the version and exit");
  program.footer(
      "`suzaku server --help` says what a command can do. `suzaku server` serves a chat room on\n"
      "http://localhost:4000, and `suzaku listen ws://localhost:4000/socket room:lobby` shows what is said there.");
  const auto commands = add_commands(program);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    return refuse_argument(program);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
      return program.exit(error);  // --help, --version
    return complain({kBadUsage, std::string(error.what()) + "; see " + chosen(program) + " --help"});
  }
  for (const auto& [app, go] : commands)
    if (app->parsed()) return go();
  return complain({kBadUsage, "name a command, such as `suzaku server`; see suzaku --help"});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    open_standard_descriptors();
    return run(argc, argv);
  } catch (const std::exception& error) {
    return complain({kFailed, error.what()});
  }
}

#include <algorithm>
#include <cerrno>
#include <cstdio>
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

/// "suzaku listen", or "suzaku" without a command.
std::string command_name(const CLI::App& program) {
  std::string words = "suzaku";
  for (const CLI::App* command : given_commands(program)) words += ' ' + command->get_name();
  return words;
}

void add_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
}

/// Tells which argument is unknown, and which known one is similar. The argument may be a secret in the wrong place: of
/// "--tokn=VALUE" only the name is shown, and of words that are no options, only those that resemble a command.
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
    return report({kBadUsage, "there is an argument too many; see " + command_name(program) + " --help"});
  return report(
      {kBadUsage, "unknown argument " + argument +
                      (meant ? "; did you mean " + *meant + "?" : "; see " + command_name(program) + " --help")});
}

/// Opens those of the three that were closed at the start. Otherwise the next file or socket would take the place of
/// one of them. Reading meets an end of file, and writing fails, so that no output is lost without a failure.
void open_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const bool is_open = ::fcntl(descriptor, F_GETFD) >= 0;
    if (!is_open && ::open("/dev/null", O_RDONLY) < 0)  // takes the lowest number that is free
      throw std::system_error(errno, std::generic_category(), "cannot open /dev/null");
  }
}

/// The arguments, with flags in place of `help COMMAND` and `version`; the last one first, as CLI11 takes them.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty() && (words.front() == "version" || words.front() == "-v")) words.front() = "--version";
  std::ranges::replace(words, std::string("-help"), std::string("--help"));
  const bool is_of_bridge = words.size() == 3 && words[0] == "bridge" && words[1] == "ctl";
  if ((words.size() == 2 || is_of_bridge) && words.front() != "help" && words.back() == "help") words.back() = "--help";
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    if (!words.empty() && words.front() == "version") words.clear();
    words.emplace_back("--help");
  }
  std::ranges::reverse(words);
  return words;
}

int run(int argc, char** argv) {
  CLI::App program{"Phoenix Channels in C++", "suzaku"};
  program.formatter(std::make_shared<Formatter>());
  program.set_help_flag("-h,--help", "print this and exit");
  program.set_version_flag("-V,--version", "suzaku " SUZAKU_VERSION, "print the version and exit");
  program.footer(
      "`suzaku help COMMAND` prints what a command does. `suzaku server` serves a chat room on\n"
      "http://localhost:4000, and `suzaku listen ws://localhost:4000/socket room:lobby` shows what is said there.");
  const auto commands = add_commands(program);

  try {
    program.parse(arguments(argc, argv));
  } catch (const CLI::ExtrasError&) {
    return refuse_argument(program);
  } catch (const CLI::ParseError& error) {
    const bool is_answer = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);  // --help, --version
    if (is_answer)
      return program.remaining(true).empty() ? after_printing(program.exit(error)) : refuse_argument(program);
    return report({kBadUsage, std::string(error.what()) + "; see " + command_name(program) + " --help"});
  }
  for (const auto& [app, go] : commands)
    if (app->parsed()) return go();
  std::fputs(program.help().c_str(), stdout);
  return after_printing(kDone);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    open_standard_descriptors();
    return run(argc, argv);
  } catch (const std::exception& error) {
    return report({kFailed, error.what()});
  }
}

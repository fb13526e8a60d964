#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace suzaku::program {

/// A command of the program. The function holds what the command line has filled in.
struct Command {
  CLI::App* app;
  std::function<int()> run;  // returns the exit code
};

/// An option that takes seconds, such as 2.5: more than 0, at most a day.
CLI::Option* add_seconds(CLI::App& command, const std::string& name, double& seconds, const std::string& help);

CLI::Validator one_of(std::vector<std::string> words);
/// A whole number, at least 1.
CLI::Validator count_from_one();
/// UTF-8, at least a character: a topic or an event.
CLI::Validator is_text();

}  // namespace suzaku::program

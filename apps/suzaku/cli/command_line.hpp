#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace suzaku::program {

/// A command of the program. The function owns the options that the command line fills in.
struct Command {
  CLI::App* app;
  std::function<int()> run;  // returns the exit code
};

/// An option that takes a time of at least a millisecond, as configuration files write it: 500ms, 2.5s, 30. The help
/// shows what `time` holds now as the default, unless that is 0.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::chrono::milliseconds& time,
                      const std::string& help);

CLI::Validator one_of(std::vector<std::string> words);
/// A whole number, at least 1.
CLI::Validator count_from_one();
/// UTF-8 of at least one character: a topic or an event.
CLI::Validator is_text();

}  // namespace suzaku::program

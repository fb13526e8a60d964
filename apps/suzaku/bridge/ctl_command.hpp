#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace suzaku::program {

/// `suzaku bridge ctl`: a request to a bridge that runs. The function holds what the command line has filled in.
std::function<int()> add_ctl(CLI::App& bridge);

}  // namespace suzaku::program

#pragma once

#include "cli/command_line.hpp"

namespace suzaku::program {

/// `suzaku server`
Command server_command(CLI::App& program);

}  // namespace suzaku::program

#pragma once

#include "cli/command_line.hpp"

namespace suzaku::program {

/// `suzaku bridge`, with `suzaku bridge ctl`, and `suzaku check-config`.
Command bridge_command(CLI::App& program);
Command check_config_command(CLI::App& program);

}  // namespace suzaku::program

#pragma once

#include "cli/command_line.hpp"

namespace suzaku::program {

/// `suzaku listen`, `push`, `join`, `ping` and `replay`.
Command listen_command(CLI::App& program);
Command push_command(CLI::App& program);
Command join_command(CLI::App& program);
Command ping_command(CLI::App& program);
Command replay_command(CLI::App& program);

}  // namespace suzaku::program

#pragma once

#include <optional>

namespace suzaku::daemon {

/// For the first process of a container. The kernel gives it (PID 1) all orphans, such as what a program of a command
/// agent has left behind, and each stays a zombie until it is waited for.
///
/// As PID 1: goes on in a child process and returns nothing there. The calling process waits for whatever ends, passes
/// signals on to the child, and returns the child's exit status (128 and the signal that killed it) when that has
/// ended. So the child's own children are left to the child. As any other process, and where no child can be made, it
/// returns nothing and does nothing. To be called before there are threads.
std::optional<int> run_below_init();

}  // namespace suzaku::daemon

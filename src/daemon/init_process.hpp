#pragma once

#include <optional>

namespace suzaku::daemon {

/// For the first process of a container (PID 1). It becomes the parent of all orphans, such as processes that a program
/// of a command agent has left behind. Each orphan stays a zombie until PID 1 has reaped it.
///
/// As PID 1: starts a child process and returns nothing there. The calling process reaps orphans and passes signals on
/// to the child. When the child has ended it returns the child's exit status (128 plus the number of the signal that
/// killed it). The children of the child are left to the child. As any other process, or when no child can be started,
/// it does nothing and returns nothing. Must be called before threads are started.
std::optional<int> run_below_init();

}  // namespace suzaku::daemon

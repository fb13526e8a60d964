#pragma once

#include <functional>

namespace suzaku::client {

/// Runs what waits for this thread, which therefore cannot wait for it, on a thread of its own: the end of a runtime
/// whose last handle was given up in a callback. The end of the program waits until that is done, or it would tear down
/// what is still in use.
void end_later(std::function<void()> end);

}  // namespace suzaku::client

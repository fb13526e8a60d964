#pragma once

#include <functional>

namespace suzaku::client {

/// Runs `end`, which waits for the calling thread, on a thread of its own: the end of a runtime whose last handle was
/// destroyed in a callback. The end of the program waits for it, since it uses static objects.
void end_later(std::function<void()> end);

}  // namespace suzaku::client

#pragma once

#include <chrono>

namespace suzaku::signals {

/// How long a test waits for what other threads do. None of it passes when all is well.
inline constexpr auto kPatience = std::chrono::seconds(30);

}  // namespace suzaku::signals

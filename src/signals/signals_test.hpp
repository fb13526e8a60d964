#pragma once

#include <chrono>

namespace suzaku::signals {

/// How long a test waits for other threads before it fails.
inline constexpr auto kPatience = std::chrono::seconds(30);

}  // namespace suzaku::signals

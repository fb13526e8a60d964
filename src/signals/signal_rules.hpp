#pragma once

#include <string_view>

#include <suzaku/result.hpp>
#include <suzaku/signals/signal.hpp>

namespace suzaku::signals {

/// Whether it may be a name in Signal::extensions: 1 to 20 lower-case letters and digits, and none that a member of
/// Signal stands for.
Result<void> check_extension_name(std::string_view name);

}  // namespace suzaku::signals

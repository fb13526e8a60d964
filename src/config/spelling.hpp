#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace suzaku::config {

/// The one of `names` that the user who wrote `typed` most likely meant; nothing when none is near. Names are dotted
/// ("socket.compress"): one that was put under the wrong parent is near too.
std::optional<std::string> nearest_name(std::string_view typed, std::span<const std::string> names);

}  // namespace suzaku::config

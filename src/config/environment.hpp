#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

namespace suzaku::config {

/// The value of an environment variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// A variable of this process.
Environment process_environment();

/// Puts values in place of `${VAR}` and `${VAR:-default}`; the default also stands in for an empty variable. `$${` is a
/// plain `${`. Fails for a variable that is not set and has no default, and for a name that cannot be a variable's.
Result<std::string> expand(std::string_view text, const Environment& environment);

}  // namespace suzaku::config

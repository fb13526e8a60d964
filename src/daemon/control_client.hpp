#pragma once

#include <string>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

namespace suzaku::daemon {

/// Asks the bridge that listens on this Unix socket, and waits for its answer: the result, or what it says went wrong.
Result<Json> ask(const std::string& path, const JsonObject& request);

}  // namespace suzaku::daemon

#pragma once

#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "config/environment.hpp"
#include "config/mistake.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// The text of a configuration file.
tl::expected<std::string, Mistakes> read_file(const std::string& path);

/// Calls `read` with a parsed YAML text. Returns all mistakes, in the order of the file; when it is not YAML, that
/// alone. Mistakes name the file `name`.
Mistakes read_document(const std::string& text, const std::string& name, const Environment& environment,
                       const std::function<void(const Value&)>& read, Depth depth = Depth::text);

}  // namespace suzaku::config

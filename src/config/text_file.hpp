#pragma once

#include <cstddef>
#include <string>

#include <suzaku/result.hpp>

namespace suzaku::config {

/// The text of a file. Fails with the system's reason, or when it has more than `most` bytes; the name is not repeated.
Result<std::string> read_text(const std::string& path, std::size_t most);

}  // namespace suzaku::config

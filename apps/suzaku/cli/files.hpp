#pragma once

#include <cstddef>
#include <string>

#include <suzaku/result.hpp>

namespace suzaku::program {

/// A whole file. Fails with its name and the system's reason, or when it has more than `most` bytes.
Result<std::string> read_file(const std::string& file, std::size_t most);

}  // namespace suzaku::program

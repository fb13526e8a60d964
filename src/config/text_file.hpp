#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <suzaku/result.hpp>

namespace suzaku::config {

/// What may be read. Only regular files are read without waiting: a pipe may have no writer.
enum class Files : std::uint8_t { any, regular };

/// The text of a file. Fails with the system's reason, when it has more than `most` bytes, or when it is not one of
/// `files`; the name is not repeated.
Result<std::string> read_text(const std::string& path, std::size_t most, Files files = Files::any);

}  // namespace suzaku::config

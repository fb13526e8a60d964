#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <suzaku/result.hpp>

namespace suzaku::config {

/// What may be read. Reading a regular file does not block. A pipe without a writer fails after a time limit.
enum class Files : std::uint8_t { any, regular };

/// The text of a file. Fails with the system's reason, when the file is larger than `most` bytes, when it is not one of
/// `files`, and when nothing is written to a pipe for as long as `patience`; the message does not repeat the name.
Result<std::string> read_text(const std::string& path, std::size_t most, Files files = Files::any,
                              std::chrono::milliseconds patience = std::chrono::seconds(5));

}  // namespace suzaku::config

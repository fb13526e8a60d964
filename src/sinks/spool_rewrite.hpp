#pragma once

#include <cstdint>
#include <string>

#include "sinks/spool_file.hpp"

namespace suzaku::sinks {

/// The result of writing a spool again.
struct Rewritten {
  std::uint64_t signals = 0;  // that were copied; not those that are parked
  std::uint64_t parked = 0;
  std::string moved_to = {};  // the new name of a file that was found at the path; "": there was none
};

/// Copies all signals that can be read from an open spool into a new spool at `path`, which is on the disk when this
/// returns. Another file at `path` is renamed to PATH.replaced. The new spool gives its next signal a number greater
/// than `last_number`. Until this returns, a file that was deleted exists only as long as `old` is open.
///
/// Throws std::runtime_error, with the path and the reason; then `old` can still be used.
Rewritten rewrite_spool(SpoolFile& old, const std::string& path, std::int64_t last_number);

}  // namespace suzaku::sinks

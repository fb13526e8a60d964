#pragma once

#include <cstdint>
#include <string>

namespace suzaku {

/// The end of a line of a limited log: "; 3 more since the last line", or "" when no line was left out.
inline std::string left_out_note(std::uint64_t lines) {
  return lines == 0 ? "" : "; " + std::to_string(lines) + " more since the last line";
}

}  // namespace suzaku

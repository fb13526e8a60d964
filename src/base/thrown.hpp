#pragma once

#include <exception>
#include <string>

#include "base/printable.hpp"

namespace suzaku {

/// In a catch (...) block: what was thrown, in printable words.
inline std::string what_is_thrown() {
  try {
    throw;
  } catch (const std::exception& thrown) {
    return printable(thrown.what());
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace suzaku

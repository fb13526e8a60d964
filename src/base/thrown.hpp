#pragma once

#include <exception>
#include <string>

namespace suzaku {

/// In a catch (...) block: what was thrown, in words.
inline std::string what_is_thrown() {
  try {
    throw;
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace suzaku

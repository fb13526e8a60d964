#pragma once

#include <cstdint>

namespace suzaku::config {

/// How far a configuration is checked.
enum class Depth : std::uint8_t {
  text,     // what it says
  machine,  // and whether the files, programs and addresses that it names can be used here and now; nothing is changed
};

}  // namespace suzaku::config

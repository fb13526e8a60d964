#pragma once

#include <string>

#include "options.hpp"

namespace phxload {

struct Outcome {
  std::string json;   ///< One line, what was measured.
  std::string error;  ///< The first thing that went wrong while measuring; empty if nothing did.
};

/// Plays the scenario that options.mode names. Throws Failure when it cannot even begin.
Outcome play(const Options& options);

}  // namespace phxload

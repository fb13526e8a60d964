#pragma once

#include <string>

namespace phxload {

/// Why a run cannot go on. Thrown from wherever that is noticed; main() prints it and exits with the code.
struct Failure {
  enum Code { kSetup = 1, kJoin = 2, kRun = 3 };

  Code exit_code;
  std::string message;
};

}  // namespace phxload

#pragma once

#include <stdexcept>

namespace suzaku::server_testing {

/// The server did not do what the test expected. The text says what was expected, and what the server sent instead.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace suzaku::server_testing

#pragma once

#include <stdexcept>

namespace suzaku::client::testing {

/// The client did not do what the test expected. The text says what was expected, and all that happened instead.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace suzaku::client::testing

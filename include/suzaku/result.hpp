#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace suzaku {

/// What went wrong, in words for a person: what was found, what was expected, what to do next.
struct Error {
  std::string message;
};

/// A value, or the reason why there is none. Used for every failure that a caller can act on;
/// exceptions are kept for broken promises (a wrong argument, a call in the wrong state).
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace suzaku

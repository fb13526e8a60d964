#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace suzaku {

/// The kind of a failure, for programs to decide by. Later versions may name a kind where this one says `other`.
enum class ErrorCode : std::uint8_t {
  other,
  invalid,      // what was given is wrong: the same call fails again
  exists,       // the name is taken
  not_found,    // there is nothing of this name: a file, a host, an agent
  refused,      // the system or the other side does not allow it
  busy,         // in use by another program or connection: it may be free later
  unavailable,  // the other side is not there, or not ready: it may be later
  timeout,      // no answer in time: it may or may not have been done
  too_large,    // more than a limit
  full,         // no room is left, for example on a disk
  io,           // another failure that the system reports
};

/// What went wrong, in words for a person: what was found, what was expected, what to do next. And its kind.
struct Error {
  std::string message;
  ErrorCode code = ErrorCode::other;
};

/// A value, or the reason why there is none. Used for every failure that a caller can act on;
/// exceptions are kept for broken promises (a wrong argument, a call in the wrong state).
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{std::move(message), code});
}
inline tl::unexpected<Error> failure(std::string message) {
  return failure(ErrorCode::other, std::move(message));
}

}  // namespace suzaku

#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/mistake.hpp"

namespace suzaku::program {

/// Why the program does not end well: its exit code, and one line that says what failed and what to do next.
struct Failure {
  int code;
  std::string message;
};

template <class T>
using OrFailure = tl::expected<T, Failure>;

inline tl::unexpected<Failure> failed(int code, std::string message) {
  return tl::unexpected<Failure>(Failure{code, std::move(message)});
}

/// Writes "suzaku: TEXT" to standard error. What a stranger may have put into it does not reach the terminal as control
/// characters.
void say(std::string_view text);
/// Says what went wrong and returns the exit code.
int complain(const Failure& failure);
/// The same for a configuration file, a line for each mistake.
int complain(const config::Mistakes& mistakes);

}  // namespace suzaku::program

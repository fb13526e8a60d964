#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/mistake.hpp"

namespace suzaku::program {

/// Why a command fails: its exit code, and one line that says what failed and what to do next.
struct Failure {
  int code;
  std::string message;
};

template <class T>
using OrFailure = tl::expected<T, Failure>;

inline tl::unexpected<Failure> failed(int code, std::string message) {
  return tl::unexpected<Failure>(Failure{code, std::move(message)});
}

/// Writes the line "suzaku: TEXT" to standard error, with control characters escaped.
void print_note(std::string_view text);
/// Prints the failure and returns its exit code.
int report(const Failure& failure);
/// The same for a configuration file, a line for each mistake.
int report(const config::Mistakes& mistakes);
/// The exit code of a command that has printed with std::printf or std::cout: `code`, or kFailed, with a message, when
/// that could not be written.
int after_printing(int code);

}  // namespace suzaku::program

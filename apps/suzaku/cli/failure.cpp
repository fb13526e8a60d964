#include "failure.hpp"

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "exit_codes.hpp"

namespace suzaku::program {

void print_note(std::string_view text) {
  const std::string line = "suzaku: " + printable(text) + '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int report(const Failure& failure) {
  print_note(failure.message);
  return failure.code;
}

int report(const config::Mistakes& mistakes) {
  for (const auto& [place, message] : mistakes) print_note(fmt::format("{}: {}", place, message));
  return kFailed;
}

int after_printing(int code) {
  if (std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return report({kFailed, "cannot write to standard output: " + std::generic_category().message(errno)});
}

}  // namespace suzaku::program

#include "failure.hpp"

#include <cstdio>

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

}  // namespace suzaku::program

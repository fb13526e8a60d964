#include "failure.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "exit_codes.hpp"

namespace suzaku::program {

void say(std::string_view text) {
  const std::string line = "suzaku: " + printable(text) + '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int complain(const Failure& failure) {
  say(failure.message);
  return failure.code;
}

int complain(const config::Mistakes& mistakes) {
  for (const auto& [place, message] : mistakes) say(fmt::format("{}: {}", place, message));
  return kFailed;
}

}  // namespace suzaku::program

// phxload: a neutral load generator for any server that speaks Phoenix Channels V2 over WebSocket. One line of JSON on
// stdout, problems on stderr. The CPU time of the server is steadier than wall time on a shared machine.
#include <algorithm>
#include <cstdio>
#include <string>

#include <sys/resource.h>

#include "failure.hpp"
#include "options.hpp"
#include "scenario.hpp"

namespace {

using phxload::Failure;

// Raises the limit as far as this user may, and says so when that is not far enough.
void make_room_for(int conns) {
  constexpr rlim_t kOthers = 16;  // epoll, the standard streams, files of /proc
  const auto needed = static_cast<rlim_t>(conns) + kOthers;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed) return;
  const rlimit raised{needed, std::max(needed, limit.rlim_max)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
  throw Failure{Failure::kSetup, std::to_string(conns) + " connections need " + std::to_string(needed) +
                                     " file descriptors, and the limit is " + std::to_string(limit.rlim_max) +
                                     " (ulimit -n, or LimitNOFILE of the service)"};
}

// Error texts quote what the server said.
std::string json_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  }
  return quoted + "\"";
}

}  // namespace

int main(int argc, char** argv) try {
  const auto options = phxload::parse_options(argc, argv);
  if (options.help) {
    std::fwrite(phxload::help().data(), 1, phxload::help().size(), stdout);
    return 0;
  }
  make_room_for(options.conns);
  const auto outcome = phxload::play(options);
  std::puts(outcome.json.c_str());
  if (outcome.error.empty()) return 0;
  std::fprintf(stderr, "phxload: %s\n", outcome.error.c_str());
  return Failure::kRun;
} catch (const Failure& failure) {
  std::printf("{\"error\":%s}\n", json_string(failure.message).c_str());
  std::fprintf(stderr, "phxload: %s\n", failure.message.c_str());
  return failure.exit_code;
}

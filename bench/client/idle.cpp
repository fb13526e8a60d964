// client_idle URL SOCKETS: connects so many sockets on one runtime, each joined to a channel, and tells as one line of
// JSON by how much that made this process grow.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>

#include <suzaku/client.hpp>

using namespace suzaku::client;

namespace {

long resident_kb() {
  malloc_trim(0);
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::atol(line.c_str() + 6);
  }
  return 0;
}

bool open(std::vector<Socket>& sockets, std::size_t count, const char* url, const Runtime& runtime) {
  std::vector<Push> joins;
  for (std::size_t i = 0; i < count; ++i) {
    sockets.emplace_back(url, SocketOptions{.runtime = runtime});
    sockets.back().connect();
    joins.push_back(sockets.back().channel("room:idle").join());
  }
  for (const Push& join : joins) {
    if (const Reply joined = join.get(); !joined.ok()) {
      std::fprintf(stderr, "%s\n", joined.message.c_str());
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: client_idle URL SOCKETS\n", stderr);
    return 2;
  }
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  const Runtime runtime;
  const auto count = static_cast<std::size_t>(std::atol(argv[2]));
  std::vector<Socket> sockets;
  sockets.reserve(count + 100);
  if (!open(sockets, 100, argv[1], runtime)) return 1;  // what is needed once is there now
  const long before = resident_kb();
  if (!open(sockets, count, argv[1], runtime)) return 1;
  std::printf("{\"sockets\":%zu,\"kb_per_socket\":%.3f}\n", count,
              static_cast<double>(resident_kb() - before) / static_cast<double>(count));
}

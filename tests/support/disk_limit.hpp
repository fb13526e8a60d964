#pragma once

#include <csignal>
#include <cstddef>

#include <sys/resource.h>

namespace suzaku::test {

/// Limits the size of the files that this process writes, so that writes fail as on a full disk.
class DiskLimit {
 public:
  explicit DiskLimit(std::size_t size) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = size, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~DiskLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  DiskLimit(const DiskLimit&) = delete;
  DiskLimit& operator=(const DiskLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace suzaku::test

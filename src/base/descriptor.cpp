#include "base/descriptor.hpp"

#include <string>

#include <fcntl.h>
#include <sys/stat.h>

namespace suzaku {

Descriptor open_non_blocking(int descriptor) {
  struct stat found{};
  if (::fstat(descriptor, &found) != 0 || !(S_ISFIFO(found.st_mode) || S_ISCHR(found.st_mode))) return {};
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  return Descriptor(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace suzaku

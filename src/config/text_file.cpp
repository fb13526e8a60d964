#include "config/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.hpp"

namespace suzaku::config {
namespace {

tl::unexpected<Error> system_failure() {
  return failure(std::strerror(errno));
}

}  // namespace

Result<std::string> read_text(const std::string& path, std::size_t most, Files files) {
  const bool waits = files == Files::any;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (waits ? 0 : O_NONBLOCK)));
  if (!file) return system_failure();
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return system_failure();
  if (files == Files::regular && !S_ISREG(about.st_mode)) return failure("it is no regular file");
  std::string text;
  std::array<char, 65536> bytes;
  while (true) {
    const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return system_failure();
    if (size == 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(size));
    if (text.size() > most) return failure("it has more than " + std::to_string(most) + " bytes");
  }
}

}  // namespace suzaku::config

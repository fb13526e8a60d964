#include "config/text_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.hpp"
#include "base/system_code.hpp"

namespace suzaku::config {
namespace {

tl::unexpected<Error> system_failure() {
  return failure(system_code(errno), std::strerror(errno));
}

/// Waits until a pipe or the like can be read; false when it cannot in time. A regular file always can.
bool await_input(int file, std::chrono::milliseconds patience) {
  pollfd input{.fd = file, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, static_cast<int>(patience.count())) != 0;
}

}  // namespace

Result<std::string> read_text(const std::string& path, std::size_t most, Files files,
                              std::chrono::milliseconds patience) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return system_failure();
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return system_failure();
  if (files == Files::regular && !S_ISREG(about.st_mode)) return failure(ErrorCode::invalid, "it is no regular file");
  std::string text;
  std::array<char, 65536> bytes;
  while (true) {
    if (!await_input(file.get(), patience))
      return failure(ErrorCode::timeout,
                     "nothing was written to this pipe within " + std::to_string(patience.count()) + " ms");
    const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) return system_failure();
    if (size == 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(size));
    if (text.size() > most) return failure(ErrorCode::too_large, "it has more than " + std::to_string(most) + " bytes");
  }
}

}  // namespace suzaku::config

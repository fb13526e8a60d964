#include "output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <string>

#include <poll.h>
#include <unistd.h>

namespace suzaku::program {

Output::Written Output::write(std::string_view text) const {
  while (!text.empty()) {
    std::array<pollfd, 2> events = {pollfd{STDOUT_FILENO, POLLOUT, 0}, pollfd{signal_descriptor_, POLLIN, 0}};
    if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) return Written::failed;
    if (events[0].revents == 0) {
      if (events[1].revents != 0) return Written::interrupted;
      continue;
    }
    // A pipe that can be written to takes this much without waiting.
    const ssize_t size = ::write(STDOUT_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EPIPE) {
      return Written::reader_is_gone;
    } else if (errno != EINTR && errno != EAGAIN) {
      return Written::failed;
    }
  }
  return Written::yes;
}

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

bool may_color(int descriptor, bool forbidden) {
  const char* no_color = std::getenv("NO_COLOR");
  return !forbidden && (!no_color || *no_color == '\0') && is_terminal(descriptor);
}

}  // namespace suzaku::program

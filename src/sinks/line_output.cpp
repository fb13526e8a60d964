#include "sinks/line_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace suzaku::sinks {
namespace {

/// False when it was stopped first.
bool wait_for(int descriptor, short events, const WakeEvent& stop) {
  std::array<pollfd, 2> waited{{{descriptor, events, 0}, {stop.descriptor(), POLLIN, 0}}};
  while (::poll(waited.data(), waited.size(), -1) < 0 && errno == EINTR) continue;
  return waited[0].revents != 0;
}

struct GiveTurn {
  /// Cannot fail, because the counter of the event is 0 while the turn is taken.
  void operator()(const int* turn) const noexcept { static_cast<void>(::eventfd_write(*turn, 1)); }
};

}  // namespace

LineOutput::LineOutput(int descriptor)
    : descriptor_(descriptor),
      pipe_(open_non_blocking(descriptor)),
      turn_(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) {
  if (!turn_) throw std::runtime_error("no descriptors are left");
}

bool LineOutput::write(std::string_view lines, const WakeEvent& stop) {
  const int turn = turn_.get();
  for (eventfd_t value = 0; ::eventfd_read(turn, &value) != 0;)
    if (!wait_for(turn, POLLIN, stop)) return false;
  const std::unique_ptr<const int, GiveTurn> mine(&turn);

  const bool is_within_line = !unfinished_.empty();
  const std::string text = std::exchange(unfinished_, {}).append(lines);
  std::string_view rest = text;
  const int error = write_while_running(rest, stop);
  const std::size_t written = text.size() - rest.size();
  if (written == 0 ? is_within_line : text[written - 1] != '\n') unfinished_ = rest.substr(0, rest.find('\n') + 1);
  if (error == 0) return true;
  if (error == ECANCELED) return false;
  throw std::runtime_error("cannot write to standard output: " + std::generic_category().message(error));
}

/// 0, ECANCELED when it was stopped, or the error of write().
int LineOutput::write_while_running(std::string_view& rest, const WakeEvent& stop) const {
  const int descriptor = pipe_ ? pipe_.get() : descriptor_;
  // After poll() has reported room, a write of more than PIPE_BUF bytes may still block.
  const std::size_t most = pipe_ ? rest.size() : PIPE_BUF;
  while (!rest.empty()) {
    if (!wait_for(descriptor, POLLOUT, stop)) return ECANCELED;
    const auto written = ::write(descriptor, rest.data(), std::min(rest.size(), most));
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EAGAIN && errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace suzaku::sinks

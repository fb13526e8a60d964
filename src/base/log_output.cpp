#include "base/log_output.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace suzaku::log {
namespace {

/// Blocks SIGPIPE on this thread while it lives.
class NoSigpipe {
 public:
  NoSigpipe() noexcept {
    sigset_t pending{};
    was_pending_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&set_);
    sigaddset(&set_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~NoSigpipe() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

  /// Consumes the SIGPIPE that this thread has raised.
  void take() const noexcept {
    const timespec at_once{};
    if (was_pending_) return;
    while (sigtimedwait(&set_, nullptr, &at_once) < 0 && errno == EINTR) continue;  // there is none where it is ignored
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// Sets errno when it returns -1.
ssize_t write_to_pipe(int descriptor, std::string_view bytes) noexcept {
  ssize_t written = 0;
  int error = 0;
  {
    const NoSigpipe guard;
    written = ::write(descriptor, bytes.data(), bytes.size());
    error = errno;
    if (written < 0 && error == EPIPE) guard.take();
  }
  errno = error;
  return written;
}

bool has_room(int descriptor) noexcept {
  pollfd output{descriptor, POLLOUT, 0};
  return ::poll(&output, 1, 0) > 0;
}

}  // namespace

int LogOutput::write(std::string_view line) {
  if (const int error = follow(); error != 0) return error;
  std::string_view owed = rest_;
  const int error = write_some(owed);
  rest_.erase(0, rest_.size() - owed.size());
  if (error != 0) return error;
  std::string_view rest = line;
  const int failed = write_some(rest);
  if (rest.size() == line.size()) return failed;
  rest_ = rest;
  return 0;
}

/// Another file or pipe may have been put under the descriptor's number.
int LogOutput::follow() {
  struct stat now{};
  if (::fstat(descriptor_, &now) != 0) return errno;
  if (now.st_dev == known_.st_dev && now.st_ino == known_.st_ino) return 0;
  known_ = now;
  rest_.clear();
  non_blocking_ = open_non_blocking(descriptor_);
  return 0;
}

int LogOutput::write_some(std::string_view& rest) const {
  while (!rest.empty()) {
    const ssize_t written = try_write(rest);
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

ssize_t LogOutput::try_write(std::string_view bytes) const {
  if (S_ISSOCK(known_.st_mode)) return ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (S_ISREG(known_.st_mode)) return ::write(descriptor_, bytes.data(), bytes.size());
  if (non_blocking_) return write_to_pipe(non_blocking_.get(), bytes);
  if (has_room(descriptor_)) return write_to_pipe(descriptor_, bytes);  // a pipe then takes kLongestLine bytes
  errno = EAGAIN;
  return -1;
}

}  // namespace suzaku::log

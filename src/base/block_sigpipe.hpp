#pragma once

#include <csignal>

namespace suzaku {

/// Blocks SIGPIPE on this thread for good. OpenSSL writes with write(2), which raises it on a closed connection;
/// blocked, it does nothing.
inline void block_sigpipe() noexcept {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace suzaku

#include "daemon/init_process.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <sys/wait.h>
#include <unistd.h>

#include "base/log.hpp"

namespace suzaku::daemon {
namespace {

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&signals, signal);
  return signals;
}

std::string words(int error) {
  return std::generic_category().message(error);
}

/// Reaps all processes that have ended. Returns the exit status of `child` if it is one of them.
std::optional<int> reap(pid_t child) {
  std::optional<int> exit_status;
  int status = 0;
  for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0; ended = ::waitpid(-1, &status, WNOHANG))
    if (ended == child) exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return exit_status;
}

int serve_as_init(pid_t child, const sigset_t& signals) {
  while (true) {
    siginfo_t info{};
    const int signal = ::sigwaitinfo(&signals, &info);
    if (signal == SIGCHLD) {
      if (const auto exit_status = reap(child)) return *exit_status;
    } else if (signal > 0 && info.si_code != SI_KERNEL) {  // a terminal sends its signals to the child too
      if (::kill(child, signal) != 0) log::warning("cannot pass signal {} on: {}", signal, words(errno));
    }
  }
}

}  // namespace

std::optional<int> run_below_init() {
  if (::getpid() != 1) return std::nullopt;
  const sigset_t signals = handled_signals();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &signals, &before);  // before the fork, so that no signal is lost
  const pid_t child = ::fork();
  if (child > 0) return serve_as_init(child, signals);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) log::warning("cannot start a process below PID 1, so zombies may stay: {}", words(error));
  return std::nullopt;
}

}  // namespace suzaku::daemon

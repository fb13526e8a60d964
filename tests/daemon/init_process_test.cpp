// The bridge as the first process of a container.
#include "daemon/init_process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suzaku::daemon {
namespace {

using namespace std::chrono_literals;

constexpr int kNotPermitted = 77;

int exit_status_of(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Runs `work` below PID 1 of a new PID namespace. Returns the exit status of PID 1, or nothing when this user may not
/// make a PID namespace. `meanwhile` is called with the number that PID 1 has outside.
std::optional<int> status_of_init(
    const std::function<int()>& work, const std::function<void(pid_t)>& meanwhile = [](pid_t) {}) {
  const pid_t outside = ::fork();
  if (outside == 0) {
    if (::unshare(CLONE_NEWPID) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) ::_exit(kNotPermitted);
    const pid_t init = ::fork();
    if (init == 0) {
      if (const auto status = run_below_init()) ::_exit(*status);
      ::_exit(work());
    }
    meanwhile(init);
    ::_exit(exit_status_of(init));
  }
  const int status = exit_status_of(outside);
  return status == kNotPermitted ? std::nullopt : std::optional(status);
}

bool await_gone(pid_t process) {
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (::kill(process, 0) == 0) {  // also true for a zombie
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(1ms);
  }
  return errno == ESRCH;
}

/// Starts a child that starts a child and ends before it.
pid_t make_orphan() {
  int told[2];
  if (::pipe(told) != 0) return -1;
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t orphan = ::fork();
    if (orphan == 0) {
      while (::getppid() != 1) std::this_thread::sleep_for(1ms);
      ::_exit(0);
    }
    ::_exit(::write(told[1], &orphan, sizeof orphan) == sizeof orphan ? 0 : 1);
  }
  pid_t orphan = -1;
  const bool is_known = ::read(told[0], &orphan, sizeof orphan) == sizeof orphan && exit_status_of(parent) == 0;
  return is_known ? orphan : -1;
}

TEST(InitProcess, collects_orphans_and_leaves_the_children_of_the_bridge_to_it) {
  const auto status = status_of_init([] {
    if (::getpid() == 1) return 1;
    const pid_t orphan = make_orphan();
    if (orphan < 0) return 2;
    if (!await_gone(orphan)) return 3;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(7);
    await_gone(make_orphan());  // by then the end of the child was seen too
    return exit_status_of(child) == 7 ? 42 : 4;
  });
  if (!status) GTEST_SKIP() << "this user may make no PID namespace";
  EXPECT_EQ(*status, 42);
}

TEST(InitProcess, passes_signals_on) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto status = status_of_init(
      [&] {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        if (::write(ready[1], "", 1) != 1) return 1;
        int signal = 0;
        return ::sigwait(&signals, &signal) == 0 ? signal : 2;
      },
      [&](pid_t init) {
        char byte = 0;
        if (::read(ready[0], &byte, 1) == 1) ::kill(init, SIGTERM);
      });
  ::close(ready[0]);
  ::close(ready[1]);
  if (!status) GTEST_SKIP() << "this user may make no PID namespace";
  EXPECT_EQ(*status, SIGTERM);
}

TEST(InitProcess, ends_with_the_signal_that_killed_the_bridge) {
  const auto status = status_of_init([] { return ::raise(SIGKILL); });
  if (!status) GTEST_SKIP() << "this user may make no PID namespace";
  EXPECT_EQ(*status, 128 + SIGKILL);
}

TEST(InitProcess, does_nothing_unless_it_is_pid_1) {
  EXPECT_EQ(run_below_init(), std::nullopt);
}

}  // namespace
}  // namespace suzaku::daemon

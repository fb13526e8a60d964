#pragma once

#include <string>

#include <sys/types.h>

#include "base/descriptor.hpp"
#include "sinks/options.hpp"

namespace suzaku::sinks {

/// How a process has ended.
struct ChildEnd {
  int exit_code = 0;
  int signal = 0;  // that killed it; 0: none

  bool has_failed() const noexcept { return exit_code != 0 || signal != 0; }
  /// "exit code 3" or "SIGTERM"
  std::string name() const;
  /// "with exit code 3" or "by signal SIGTERM"
  std::string in_words() const;
};

/// A program that runs as the leader of its own process group. It inherits the three pipes and no other descriptor. Our
/// ends of the pipes do not block. The destructor kills the group unless reap() was called.
class ChildProcess {
 public:
  /// Throws std::runtime_error, with the program's name and the reason, when it cannot be started.
  explicit ChildProcess(const CommandOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const noexcept { return pid_; }
  /// A descriptor that becomes readable when the process has ended.
  int ended() const noexcept { return ended_.get(); }
  /// Sends a signal to the process and to those that it has started.
  void signal(int number) const noexcept;
  /// To be called when it has ended. Kills the processes of its group that still run.
  ChildEnd reap();

  Descriptor input;   // the process reads from it
  Descriptor output;  // the process writes to it
  Descriptor errors;

 private:
  pid_t pid_ = -1;
  Descriptor ended_;
};

}  // namespace suzaku::sinks

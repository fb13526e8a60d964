#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace suzaku::test {

/// One of the examples, running on a port that the system chose. Killed at the end of the scope if it still runs.
class Example {
 public:
  /// Runs it with this argument, and reads what it says until it listens or ends.
  explicit Example(const std::string& name, const std::string& argument = "0");
  ~Example();
  Example(const Example&) = delete;
  Example& operator=(const Example&) = delete;

  /// Throws std::runtime_error when it ended instead of listening.
  std::uint16_t port() const;
  /// SIGTERM.
  void terminate() const;
  /// Waits for the end: the exit code, or minus the number of the signal that killed it.
  int exit_code();

 private:
  pid_t process_ = -1;
  std::string said_;
};

}  // namespace suzaku::test

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace suzaku::test {

struct ChildOptions {
  std::string program = SUZAKU_PROGRAM;
  std::string folder = "/";
  std::vector<std::string> environment =
      {};                        // "NAME=VALUE", beside the test's own without proxies, tokens and NO_COLOR
  bool on_terminal = false;      // then errors are part of the output
  bool has_full_errors = false;  // standard error is a pipe that takes no more until errors_until() reads it
};

/// A program, running. Killed at the end of the scope if it has not ended.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments, const ChildOptions& options = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number) const;
  /// SIGSTOP; returns when it has stopped, with all its threads.
  void stop() const;
  /// Writes to its standard input; does nothing when it has ended.
  void type(const std::string& text) const;
  void end_input();
  /// Reads its standard output no more: a pipe whose reader is gone.
  void close_output();

  /// Waits for a line of standard output "listening on port N". Throws std::runtime_error, with what the program said
  /// instead, when it ends without.
  std::uint16_t port();
  /// All waits end with std::runtime_error when it takes too long.
  /// Wait until standard output, or standard error, holds `mark`, and give all of it.
  std::string output_until(const std::string& mark) { return read_until(output_, mark); }
  std::string errors_until(const std::string& mark) {
    reads_errors_ = true;
    return read_until(errors_, mark);
  }
  /// Waits until more comes on standard output.
  void next_output();
  /// Waits for the end: the exit code, or minus the number of the signal that killed it.
  int exit_code();
  /// Waits until the pipe that its output goes to is full, since nobody reads it. What is written should be whole
  /// pages, otherwise pipes are never quite full.
  void await_stuck() const;
  /// Waits for the end as exit_code() does, but without reading what it says.
  int exit_code_unread();

  // All that was said, once it has ended.
  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }

 private:
  using Clock = std::chrono::steady_clock;
  int reap();
  std::string read_until(const std::string& text, const std::string& mark);
  bool read_more(Clock::time_point deadline);
  pid_t process_ = -1;
  int input_pipe_ = -1;
  int output_pipe_ = -1;
  int errors_pipe_ = -1;
  bool reads_errors_ = true;
  std::string output_, errors_;
};

}  // namespace suzaku::test

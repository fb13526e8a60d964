#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace suzaku::test {

/// The suzaku program, running. Killed at the end of the scope if it has not ended.
class Child {
 public:
  /// Runs it with these arguments in the folder `folder`.
  explicit Child(const std::vector<std::string>& arguments, const std::string& folder = "/");
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number) const;
  /// Waits for a line of standard output "listening on port N". Throws std::runtime_error, with what the program said
  /// instead, when it ends without.
  std::uint16_t port();
  /// Waits until standard error holds `mark`, and gives all of it.
  std::string errors_until(const std::string& mark);
  /// Waits for the end: the exit code, or minus the number of the signal that killed it.
  int exit_code();

  // All that was said, once it has ended.
  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }

 private:
  bool read_more();
  pid_t process_ = -1;
  int output_pipe_ = -1;
  int errors_pipe_ = -1;
  std::string output_, errors_;
};

}  // namespace suzaku::test

#include "child.hpp"

#include <array>
#include <csignal>
#include <regex>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suzaku::test {
namespace {

constexpr int kPatienceMs = 20'000;

std::pair<int, int> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {ends[0], ends[1]};
}

/// Appends what has come; closes the pipe at its end.
void read_from(int& pipe, std::string& text) {
  std::array<char, 4096> bytes{};
  const ssize_t size = ::read(pipe, bytes.data(), bytes.size());
  if (size > 0) {
    text.append(bytes.data(), static_cast<std::size_t>(size));
  } else {
    ::close(std::exchange(pipe, -1));
  }
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const std::string& folder) {
  std::vector<char*> words = {const_cast<char*>(SUZAKU_PROGRAM)};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const auto [output, output_end] = make_pipe();
  const auto [errors, errors_end] = make_pipe();
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(output_end, STDOUT_FILENO);
    ::dup2(errors_end, STDERR_FILENO);
    if (::chdir(folder.c_str()) == 0) ::execv(words.front(), words.data());
    ::_exit(127);
  }
  ::close(output_end);
  ::close(errors_end);
  output_pipe_ = output;
  errors_pipe_ = errors;
}

Child::~Child() {
  if (process_ > 0) {
    signal(SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  if (output_pipe_ >= 0) ::close(output_pipe_);
  if (errors_pipe_ >= 0) ::close(errors_pipe_);
}

void Child::signal(int number) const {
  ::kill(process_, number);
}

/// False when both pipes have ended.
bool Child::read_more() {
  if (output_pipe_ < 0 && errors_pipe_ < 0) return false;
  std::array<pollfd, 2> pipes = {pollfd{output_pipe_, POLLIN, 0}, pollfd{errors_pipe_, POLLIN, 0}};
  if (::poll(pipes.data(), pipes.size(), kPatienceMs) <= 0)
    throw std::runtime_error("the program said nothing more in time; it had said: " + output_ + errors_);
  if (pipes[0].revents != 0) read_from(output_pipe_, output_);
  if (pipes[1].revents != 0) read_from(errors_pipe_, errors_);
  return true;
}

std::uint16_t Child::port() {
  static const std::regex kLine("(?:^|\n)listening on port (\\d+)\n");
  std::smatch found;
  while (!std::regex_search(output_, found, kLine))
    if (!read_more()) throw std::runtime_error("the program ended instead of listening: " + errors_);
  return static_cast<std::uint16_t>(std::stoi(found[1]));
}

std::string Child::errors_until(const std::string& mark) {
  while (errors_.find(mark) == std::string::npos)
    if (!read_more()) throw std::runtime_error("the program ended without saying \"" + mark + "\": " + errors_);
  return errors_;
}

int Child::exit_code() {
  while (read_more()) {
  }
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace suzaku::test

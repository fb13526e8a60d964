#include "example.hpp"

#include <array>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suzaku::test {
namespace {

constexpr int kPatienceMs = 20'000;
constexpr std::string_view kListening = "listening on port ";

std::string read_line(int pipe) {
  std::string line;
  pollfd wanted{.fd = pipe, .events = POLLIN, .revents = 0};
  for (char c = 0; c != '\n'; line += c)
    if (::poll(&wanted, 1, kPatienceMs) <= 0 || ::read(pipe, &c, 1) != 1) break;
  return line;
}

}  // namespace

Example::Example(const std::string& name, const std::string& argument) {
  const std::string program = std::string(SUZAKU_EXAMPLES) + "/" + name;
  std::array<int, 2> output{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(output[1], STDOUT_FILENO);
    ::execl(program.c_str(), program.c_str(), argument.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(output[1]);
  said_ = read_line(output[0]);
  ::close(output[0]);
}

Example::~Example() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::uint16_t Example::port() const {
  if (!said_.starts_with(kListening)) throw std::runtime_error("the example does not listen; it said: " + said_);
  return static_cast<std::uint16_t>(std::stoi(said_.substr(kListening.size())));
}

void Example::terminate() const {
  ::kill(process_, SIGTERM);
}

int Example::exit_code() {
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace suzaku::test

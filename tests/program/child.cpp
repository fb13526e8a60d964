#include "child.hpp"

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suzaku::test {
namespace {

constexpr std::chrono::seconds kPatience{20};

/// Ours and the child's; the child's is not inherited by other children.
struct Ends {
  int ours = -1;
  int childs = -1;
};

Ends make_pipe(bool to_child) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return to_child ? Ends{ends[1], ends[0]} : Ends{ends[0], ends[1]};
}

/// Until it takes no more; it will block as before.
void fill(int pipe) {
  const int flags = ::fcntl(pipe, F_GETFL);
  ::fcntl(pipe, F_SETFL, flags | O_NONBLOCK);
  const std::string page(4095, '.');
  while (::write(pipe, (page + '\n').data(), 4096) > 0) continue;
  ::fcntl(pipe, F_SETFL, flags);
}

Ends make_terminal() {
  Ends ends;
  if (::openpty(&ends.ours, &ends.childs, nullptr, nullptr, nullptr) != 0) throw std::runtime_error("openpty failed");
  for (const int end : {ends.ours, ends.childs}) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return ends;
}

bool is_hidden(std::string_view variable) {
  const std::string_view name = variable.substr(0, variable.find('='));
  return name.ends_with("_proxy") || name.ends_with("_PROXY") || name == "SUZAKU_TOKEN" || name == "NO_COLOR";
}

std::vector<std::string> environment_of(const ChildOptions& options) {
  std::vector<std::string> variables = options.environment;
  for (char** variable = environ; *variable; ++variable)
    if (!is_hidden(*variable)) variables.emplace_back(*variable);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
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

Child::Child(const std::vector<std::string>& arguments, const ChildOptions& options)
    : reads_errors_(!options.has_full_errors) {
  std::vector<std::string> words = {options.program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_of(options);
  const auto argv = pointers(words);
  const auto envp = pointers(variables);
  const Ends input = options.on_terminal ? make_terminal() : make_pipe(true);
  const Ends output = options.on_terminal ? input : make_pipe(false);
  const Ends errors = options.on_terminal ? input : make_pipe(false);
  if (options.has_full_errors) fill(errors.childs);
  std::signal(SIGPIPE, SIG_IGN);  // our own; a program that has ended takes no input
  process_ = ::fork();
  if (process_ == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    ::dup2(input.childs, STDIN_FILENO);
    ::dup2(output.childs, STDOUT_FILENO);
    ::dup2(errors.childs, STDERR_FILENO);
    if (::chdir(options.folder.c_str()) == 0) ::execve(argv.front(), argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(input.childs);
  if (!options.on_terminal) {
    ::close(output.childs);
    ::close(errors.childs);
    errors_pipe_ = errors.ours;
  }
  input_pipe_ = options.on_terminal ? ::fcntl(input.ours, F_DUPFD_CLOEXEC, 0) : input.ours;
  output_pipe_ = output.ours;
}

Child::~Child() {
  if (process_ > 0) {
    signal(SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  for (const int pipe : {input_pipe_, output_pipe_, errors_pipe_})
    if (pipe >= 0) ::close(pipe);
}

void Child::signal(int number) const {
  ::kill(process_, number);
}

void Child::stop() const {
  signal(SIGSTOP);
  siginfo_t stopped{};
  if (::waitid(P_PID, static_cast<id_t>(process_), &stopped, WSTOPPED) != 0 || stopped.si_code != CLD_STOPPED)
    throw std::runtime_error("the program has not stopped");
}

void Child::type(const std::string& text) const {
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t size = ::write(input_pipe_, rest.data(), rest.size());
    if (size < 0) return;
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

void Child::end_input() {
  ::close(std::exchange(input_pipe_, -1));
}

void Child::close_output() {
  ::close(std::exchange(output_pipe_, -1));
}

/// False when both pipes have ended.
bool Child::read_more(Clock::time_point deadline) {
  if (output_pipe_ < 0 && errors_pipe_ < 0) return false;
  std::array<pollfd, 2> pipes = {pollfd{output_pipe_, POLLIN, 0}, pollfd{reads_errors_ ? errors_pipe_ : -1, POLLIN, 0}};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (left <= 0 || ::poll(pipes.data(), pipes.size(), static_cast<int>(left)) <= 0)
    throw std::runtime_error("the program did not say or do in time what was expected; it had said: " + output_ +
                             errors_);
  if (pipes[0].revents != 0) read_from(output_pipe_, output_);
  if (pipes[1].revents != 0) read_from(errors_pipe_, errors_);
  return true;
}

std::uint16_t Child::port() {
  const std::string words = "listening on port ";
  const auto deadline = Clock::now() + kPatience;
  while (true) {
    const std::size_t at = output_.find(words);
    if (at != output_.npos && output_.find('\n', at) != output_.npos)
      return static_cast<std::uint16_t>(std::stoi(output_.substr(at + words.size())));
    if (!read_more(deadline)) throw std::runtime_error("the program ended instead of listening: " + errors_);
  }
}

std::string Child::read_until(const std::string& text, const std::string& mark) {
  const auto deadline = Clock::now() + kPatience;
  while (text.find(mark) == std::string::npos)
    if (!read_more(deadline))
      throw std::runtime_error("the program ended without saying \"" + mark + "\": " + output_ + errors_);
  return text;
}

void Child::next_output() {
  const auto deadline = Clock::now() + kPatience;
  for (const std::size_t before = output_.size(); output_.size() == before;)
    if (!read_more(deadline))
      throw std::runtime_error("the program ended instead of saying more: " + output_ + errors_);
}

int Child::exit_code() {
  const auto deadline = Clock::now() + kPatience;
  while (read_more(deadline)) {
  }
  return reap();
}

void Child::await_stuck() const {
  const auto deadline = Clock::now() + kPatience;
  const int size = ::fcntl(output_pipe_, F_GETPIPE_SZ);
  for (int unread = 0; unread < size; ::poll(nullptr, 0, 1)) {
    ::ioctl(output_pipe_, FIONREAD, &unread);
    if (Clock::now() > deadline) throw std::runtime_error("the program has not filled its pipe in time");
  }
}

int Child::exit_code_unread() {
  pollfd ended{static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)), POLLIN, 0};
  const int seen = ::poll(&ended, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count()));
  ::close(ended.fd);
  if (seen != 1) throw std::runtime_error("the program has not ended in time");
  return reap();
}

int Child::reap() {
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace suzaku::test

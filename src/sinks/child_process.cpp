#include "sinks/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace suzaku::sinks {
namespace {

[[noreturn]] void fail(const CommandOptions& options, int error) {
  throw std::runtime_error(
      fmt::format("cannot start \"{}\": {}", options.command.front(), std::generic_category().message(error)));
}

struct Pipe {
  Descriptor ours;
  Descriptor childs;
};

enum class Direction { to_child, from_child };

Pipe make_pipe(const CommandOptions& options, Direction direction) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(options, errno);
  if (direction == Direction::to_child) std::swap(ends[0], ends[1]);
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  if (::fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK) != 0) fail(options, errno);
  return pipe;
}

/// The environment of this process, changed as the options say.
std::vector<std::string> environment_of(const CommandOptions& options) {
  std::vector<std::string> variables;
  variables.reserve(options.environment.size());
  for (const auto& [name, value] : options.environment) variables.push_back(fmt::format("{}={}", name, value));
  const std::size_t added = variables.size();
  for (char** ours = environ; *ours; ++ours) {
    const std::string_view variable = *ours;
    const std::string_view name = variable.substr(0, variable.find('='));
    bool is_replaced = false;
    for (std::size_t i = 0; i < added; ++i) is_replaced = is_replaced || options.environment[i].first == name;
    if (!is_replaced) variables.emplace_back(variable);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// For functions that return an error instead of setting errno.
void require(int error) {
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot prepare the start of a command");
}

/// The steps in the child before it becomes the program.
class Steps {
 public:
  Steps() {
    require(::posix_spawn_file_actions_init(&actions_));
    require(::posix_spawnattr_init(&attributes_));
    sigset_t signals;
    ::sigemptyset(&signals);
    require(::posix_spawnattr_setsigmask(&attributes_, &signals));
    ::sigfillset(&signals);
    require(::posix_spawnattr_setsigdefault(&attributes_, &signals));
    require(::posix_spawnattr_setflags(&attributes_,
                                       POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~Steps() {  // both always succeed
    static_cast<void>(::posix_spawn_file_actions_destroy(&actions_));
    static_cast<void>(::posix_spawnattr_destroy(&attributes_));
  }
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;

  void connect(const Descriptor& pipe, int number) {
    require(::posix_spawn_file_actions_adddup2(&actions_, pipe.get(), number));
  }
  void close_all_others() { require(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1)); }
  void change_directory(const std::string& directory) {
    require(::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()));
  }

  /// The error, or 0.
  int spawn(pid_t& pid, char* const* arguments, char* const* environment) const {
    return ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments, environment);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::string ChildEnd::name() const {
  if (signal == 0) return fmt::format("exit code {}", exit_code);
  const char* name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : std::to_string(signal);
}

std::string ChildEnd::in_words() const {
  return fmt::format("{} {}", signal == 0 ? "with" : "by signal", name());
}

ChildProcess::ChildProcess(const CommandOptions& options) {
  if (options.command.empty()) throw std::runtime_error("cannot start a command without a program");
  std::error_code unknown;
  if (!options.directory.empty() && !std::filesystem::is_directory(options.directory, unknown)) {
    throw std::runtime_error(
        fmt::format("cannot start \"{}\" in \"{}\": that is no directory", options.command.front(), options.directory));
  }
  auto words = options.command;
  auto variables = environment_of(options);
  const auto arguments = pointers(words);
  const auto environment = pointers(variables);
  Pipe in = make_pipe(options, Direction::to_child);
  Pipe out = make_pipe(options, Direction::from_child);
  Pipe err = make_pipe(options, Direction::from_child);
  Steps steps;
  steps.connect(in.childs, STDIN_FILENO);
  steps.connect(out.childs, STDOUT_FILENO);
  steps.connect(err.childs, STDERR_FILENO);
  steps.close_all_others();
  if (!options.directory.empty()) steps.change_directory(options.directory);
  if (const int error = steps.spawn(pid_, arguments.data(), environment.data())) fail(options, error);
  ended_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (ended_.get() < 0) {
    const int error = errno;
    reap();
    fail(options, error);
  }
  input = std::move(in.ours);
  output = std::move(out.ours);
  errors = std::move(err.ours);
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) reap();
}

void ChildProcess::signal(int number) const noexcept {
  // kill() fails when the process or its group has ended, and then no signal is needed.
  static_cast<void>(::kill(-pid_, number));
  if (::getpgid(pid_) != pid_) static_cast<void>(::kill(pid_, number));  // it has left its group
}

ChildEnd ChildProcess::reap() {
  signal(SIGKILL);  // while no other group can have this number; it does not change how the process has ended
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (info.si_code == CLD_EXITED) return {.exit_code = info.si_status};
  return {.signal = info.si_status};
}

}  // namespace suzaku::sinks

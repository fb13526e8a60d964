#include "sinks/command_sink.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "base/log.hpp"
#include "base/thrown.hpp"
#include "signals/timestamp.hpp"
#include "sinks/json_lines.hpp"

namespace suzaku::sinks {
namespace {

using signals::End;
using signals::Restart;

constexpr std::size_t kReadSize = 64 << 10;
/// Bytes that are still read from a program that has ended. No pipe holds more.
constexpr std::size_t kMostLeft = 1 << 20;

/// Other threads handle the signals of the process. SIGPIPE is blocked too, so a write to a program that has ended
/// returns an error.
void block_signals() {
  sigset_t signals;
  ::sigfillset(&signals);
  ::pthread_sigmask(SIG_SETMASK, &signals, nullptr);
}

/// Closes the pipe at the end of its data.
template <class Take>
std::size_t read_from(Descriptor& pipe, const Take& take) {
  std::array<char, kReadSize> bytes;  // filled by read()
  const ssize_t size = ::read(pipe.get(), bytes.data(), bytes.size());
  if (size > 0) {
    take(std::string_view(bytes.data(), static_cast<std::size_t>(size)));
    return static_cast<std::size_t>(size);
  }
  if (size == 0 || (errno != EAGAIN && errno != EINTR)) pipe = Descriptor();
  return 0;
}

}  // namespace

CommandSink::CommandSink(std::string agent, CommandOptions options, const bridge::ConnectionSupervisor& connections)
    : agent_(std::move(agent)), options_(std::move(options)), output_(connections, agent_), policy_(options_.restart) {
  child_.emplace(options_);
  begin("started");
  thread_ = std::thread([this] { run(); });
}

CommandSink::~CommandSink() {
  stop();
  thread_.join();
}

// --- called by other threads ---

void CommandSink::take(std::span<const signals::SignalPtr> batch) {
  std::string lines = json_lines(batch);
  std::unique_lock lock(mutex_);
  if (stop_.stop_requested()) return;
  shared_.feed.put(std::move(lines));
  shared_.waiting = batch.size();
  wake_.ring();
  changed_.wait(lock, stop_.get_token(), [this] { return shared_.feed.is_empty() || !shared_.over.empty(); });
  shared_.waiting = 0;
  if (!shared_.over.empty() && !shared_.feed.is_empty() && !stop_.stop_requested())
    throw std::runtime_error(shared_.over);
}

void CommandSink::stop() noexcept {
  stop_.request_stop();
  wake_.ring();
}

JsonObject CommandSink::status() const {
  const std::lock_guard lock(mutex_);
  JsonObject status{{"pid", shared_.pid > 0 ? Json(shared_.pid) : Json(nullptr)},
                    {"restarts", shared_.restarts},
                    {"failures", shared_.failures},
                    {"lines", shared_.lines},
                    {"waiting", shared_.waiting},
                    {"pushes", output_.pushes()},
                    {"push_errors", output_.push_errors()},
                    {"bad_lines", output_.bad_lines()},
                    {"is_given_up", shared_.is_given_up}};
  if (!shared_.over.empty()) {
    std::string at;
    signals::append_timestamp(at, shared_.over_at);
    status["last_failure"] = shared_.over;
    status["last_failure_at"] = at;
  }
  return status;
}

// --- while the program runs ---

void CommandSink::run() {
  block_signals();
  try {
    while (child_) serve();
  } catch (...) {
    child_.reset();
    give_up(true, fmt::format("\"{}\" was ended: {}", options_.command.front(), what_is_thrown()));
  }
}

void CommandSink::serve() {
  const bool has_lines = [this] {
    const std::lock_guard lock(mutex_);
    return !shared_.feed.is_empty();
  }();
  enum { kWake, kEnded, kOutput, kErrors, kInput };
  std::array<pollfd, 5> waits = {{{wake_.descriptor(), POLLIN, 0},
                                  {child_->ended(), POLLIN, 0},
                                  {child_->output.get(), POLLIN, 0},
                                  {child_->errors.get(), POLLIN, 0},
                                  {has_lines ? child_->input.get() : -1, POLLOUT, 0}}};
  if (::poll(waits.data(), waits.size(), time_left()) < 0) return;  // EINTR
  if (waits[kWake].revents != 0) wake_.clear();
  if (waits[kOutput].revents != 0) read_output();
  if (waits[kErrors].revents != 0) read_errors();
  if (waits[kEnded].revents != 0) {
    on_end();
    return;
  }
  if (waits[kInput].revents != 0) write_input();
  if (stop_.stop_requested()) begin_end();
  hasten_end();
}

void CommandSink::write_input() {
  const std::lock_guard lock(mutex_);
  const auto rest = shared_.feed.rest();
  const ssize_t size = ::write(child_->input.get(), rest.data(), rest.size());
  if (size > 0) {
    const std::size_t written = shared_.feed.advance(static_cast<std::size_t>(size));
    shared_.lines += written;
    shared_.waiting -= std::min<std::uint64_t>(written, shared_.waiting);
    if (shared_.feed.is_empty()) changed_.notify_all();
  } else if (errno != EAGAIN && errno != EINTR) {
    on_closed_input();
  }
}

/// Usually the program has ended too, which serve() is about to notice. A program that runs without its input is ended.
void CommandSink::on_closed_input() {
  child_->input = Descriptor();
  if (phase_ != Phase::running) return;
  has_closed_input_ = true;
  phase_ = Phase::input_closed;
  deadline_ = Clock::now() + options_.grace;
}

std::size_t CommandSink::read_output() {
  return read_from(child_->output, [this](std::string_view bytes) { output_.add_output(bytes, stop_.get_token()); });
}

std::size_t CommandSink::read_errors() {
  return read_from(child_->errors, [this](std::string_view bytes) { output_.add_errors(bytes); });
}

// --- ending the program ---

/// Writes the rest of a line that was begun, and then closes the input of the program.
void CommandSink::begin_end() {
  if (phase_ == Phase::running) {
    phase_ = Phase::input_closed;
    deadline_ = Clock::now() + options_.grace;
  }
  const std::lock_guard lock(mutex_);
  shared_.feed.drop_unbegun();
  if (shared_.feed.is_empty()) child_->input = Descriptor();
}

void CommandSink::hasten_end() {
  if (phase_ == Phase::running || phase_ == Phase::killed || Clock::now() < deadline_) return;
  const bool is_first = phase_ == Phase::input_closed;
  log::warning("agent {}: \"{}\" does not end {}: {} is sent", agent_, options_.command.front(),
               has_closed_input_ ? "after it has closed its input" : "without its input",
               is_first ? "SIGTERM" : "SIGKILL");
  child_->signal(is_first ? SIGTERM : SIGKILL);
  phase_ = is_first ? Phase::terminated : Phase::killed;
  deadline_ = Clock::now() + options_.grace;
}

/// The time-out for poll().
int CommandSink::time_left() const {
  if (phase_ == Phase::running || phase_ == Phase::killed) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

// --- after its end ---

void CommandSink::on_end() {
  // Another process that has a copy of the pipes may keep them open for ever.
  for (std::size_t left = kMostLeft, size = 1; size > 0 && left >= kReadSize; left -= size) size = read_output();
  for (std::size_t left = kMostLeft, size = 1; size > 0 && left >= kReadSize; left -= size) size = read_errors();
  output_.end(stop_.get_token());
  const pid_t pid = child_->pid();
  const ChildEnd end = child_->reap();
  const auto level = end.has_failed() ? log::Level::warning : log::Level::info;
  const std::string how = how_ended(end);
  log::log(level, "agent {}: \"{}\" (process {}) {}", agent_, options_.command.front(), pid, how);
  child_.reset();
  if (end.has_failed() && !stop_.stop_requested()) {
    const std::lock_guard lock(mutex_);
    ++shared_.failures;
  }
  if (stop_.stop_requested()) {
    give_up(false, "it was stopped");
  } else {
    restart(end.has_failed(), "it " + how);
  }
}

/// "has ended with exit code 3", or that and why the bridge has ended it.
std::string CommandSink::how_ended(const ChildEnd& end) const {
  if (phase_ != Phase::terminated && phase_ != Phase::killed) return "has ended " + end.in_words();
  const std::string_view why = has_closed_input_ ? "closed its input and was ended for it"
                                                 : "did not end without its input and was ended for it";
  return fmt::format("{} ({})", why, end.name());
}

void CommandSink::restart(bool has_failed, std::string why) {
  End how = has_failed ? End::failed : End::normal;
  while (!stop_.stop_requested() && policy_.restarts(how, Clock::now())) {
    try {
      child_.emplace(options_);
      begin("started again");
      const std::lock_guard lock(mutex_);
      ++shared_.restarts;
      return;
    } catch (const std::exception& thrown) {
      how = End::failed;
      why = thrown.what();
      log::warning("agent {}: {}", agent_, why);
    }
  }
  const auto& [restart, most, period] = options_.restart;
  const bool is_wanted = restart == Restart::permanent || (restart == Restart::transient && how == End::failed);
  const std::string rule = is_wanted
                               ? fmt::format("more than {} restarts within {} ms would be needed", most, period.count())
                               : "it is not to be started again";
  give_up(is_wanted, fmt::format("\"{}\" has ended, and {}; the last time: {}", options_.command.front(), rule, why));
}

void CommandSink::begin(const char* how) {
  phase_ = Phase::running;
  has_closed_input_ = false;
  log::info("agent {}: \"{}\" was {} (process {})", agent_, options_.command.front(), how, child_->pid());
  const std::lock_guard lock(mutex_);
  shared_.pid = child_->pid();
  shared_.feed.rewind();
}

void CommandSink::give_up(bool is_given_up, std::string why) {
  if (is_given_up) log::error("agent {}: {}", agent_, why);
  {
    const std::lock_guard lock(mutex_);
    shared_.pid = 0;
    shared_.is_given_up = is_given_up;
    shared_.over = std::move(why);
    shared_.over_at = std::chrono::system_clock::now();
  }
  changed_.notify_all();
}

}  // namespace suzaku::sinks

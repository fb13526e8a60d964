#include "base/log_sink.hpp"

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "base/thrown.hpp"

namespace suzaku::log {
namespace {

struct Current {
  std::mutex mutex;
  Sink sink;
  std::atomic<bool> is_set = false;  // without a sink no thread waits for another
};
Current& current() {
  static Current current;
  return current;
}

/// Whether the sink runs on this thread.
bool& is_running() noexcept {
  thread_local bool running = false;
  return running;
}

class Running {
 public:
  Running() noexcept { is_running() = true; }
  ~Running() { is_running() = false; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
};

}  // namespace

Passed pass_to_sink(Level level, std::string_view text) {
  auto& [mutex, sink, is_set] = current();
  if (!is_set || is_running()) return {};
  const std::lock_guard lock(mutex);
  if (!sink) return {};
  const Running running;
  try {
    sink({.time = std::chrono::system_clock::now(), .level = level, .text = text});
    return {.is_taken = true};
  } catch (...) {
    return {.thrown = what_is_thrown()};
  }
}

void set_sink(Sink sink) {
  if (is_running()) throw std::logic_error("set_sink() must not be called within a sink of the log");
  auto& [mutex, before, is_set] = current();
  const std::lock_guard lock(mutex);
  before.swap(sink);  // the one before is destroyed without the lock
  is_set = static_cast<bool>(before);
}

}  // namespace suzaku::log

#include "sinks/retry.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>

#include "base/log.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{10'000};

}  // namespace

bool Retry::until_done(const std::function<void()>& attempt) const {
  auto pause = kFirstPause;
  for (std::size_t failures = 0; true; ++failures) {
    try {
      attempt();
      if (failures != 0) log::info("agent {}: {}: it works again; attempts that failed: {}", agent_, path_, failures);
      return true;
    } catch (const std::runtime_error& error) {
      if (failures == 0) log::warning("agent {}: {}; it will be tried again until it works", agent_, error.what());
      failures_.add(error.what());
    }
    if (!wait(pause)) return false;
    pause = std::min(2 * pause, kLongestPause);
  }
}

/// False when it was stopped.
bool Retry::wait(std::chrono::milliseconds pause) const {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop_.get_token(), pause, [] { return false; });
  return !stop_.stop_requested();
}

}  // namespace suzaku::sinks

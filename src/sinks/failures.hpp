#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include <suzaku/json.hpp>

#include "signals/timestamp.hpp"

namespace suzaku::sinks {

/// Counts the failures of operations that a sink repeats, for its status. Any thread.
class Failures {
 public:
  void add(std::string why) {
    const std::lock_guard lock(mutex_);
    ++count_;
    last_ = std::move(why);
    last_at_ = std::chrono::system_clock::now();
  }

  /// "failures", "last_failure" and its time, "last_failure_at": null when there was none
  void add_to(JsonObject& status) const {
    const std::lock_guard lock(mutex_);
    status["failures"] = count_;
    status["last_failure"] = last_;
    status["last_failure_at"] = nullptr;
    if (count_ == 0) return;
    std::string at;
    signals::append_timestamp(at, last_at_);
    status["last_failure_at"] = at;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::string last_;
  std::chrono::system_clock::time_point last_at_;
};

}  // namespace suzaku::sinks

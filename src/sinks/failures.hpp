#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include <suzaku/json.hpp>

namespace suzaku::sinks {

/// Counts the failures of operations that a sink repeats, for its status. Any thread.
class Failures {
 public:
  void add(std::string why) {
    const std::lock_guard lock(mutex_);
    ++count_;
    last_ = std::move(why);
  }

  /// "failures" and "last_failure"
  void add_to(JsonObject& status) const {
    const std::lock_guard lock(mutex_);
    status["failures"] = count_;
    status["last_failure"] = last_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::string last_;
};

}  // namespace suzaku::sinks

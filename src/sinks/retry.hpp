#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "sinks/failures.hpp"

namespace suzaku::sinks {

/// For what a full disk or a missing folder keeps from working: it is tried until it works. Any thread.
class Retry {
 public:
  /// `path`: of the file, for the log. The failures are counted there.
  Retry(std::string path, Failures& failures) : path_(std::move(path)), failures_(failures) {}

  /// Calls it, with growing pauses, until it throws no std::runtime_error; those of other kinds pass. False when it was
  /// stopped before that.
  bool until_done(const std::function<void()>& attempt) const;
  /// Ends all pauses; from then on everything is tried once.
  void stop() noexcept { stop_.request_stop(); }

 private:
  bool wait(std::chrono::milliseconds pause) const;

  const std::string path_;
  Failures& failures_;
  std::stop_source stop_;
};

}  // namespace suzaku::sinks

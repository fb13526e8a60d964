#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "sinks/failures.hpp"

namespace suzaku::sinks {

/// Repeats an operation that fails while a disk is full or a folder is missing. Any thread.
class Retry {
 public:
  /// `agent` and the `path` of the file are for the log. Each failure is added to `failures`.
  Retry(std::string agent, std::string path, Failures& failures)
      : agent_(std::move(agent)), path_(std::move(path)), failures_(failures) {}

  /// Calls `attempt`, with growing pauses, until it throws no std::runtime_error. Other exceptions are passed on. False
  /// when it was stopped first.
  bool until_done(const std::function<void()>& attempt) const;
  /// Ends all pauses. After this everything is tried once.
  void stop() noexcept { stop_.request_stop(); }

 private:
  bool wait(std::chrono::milliseconds pause) const;

  const std::string agent_;
  const std::string path_;
  Failures& failures_;
  std::stop_source stop_;
};

}  // namespace suzaku::sinks

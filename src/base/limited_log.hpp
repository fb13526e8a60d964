#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "base/log_limit.hpp"

namespace suzaku::log {

/// The log for lines that clients can cause: at most kLines of each kind a second. The next line of the kind says how
/// many were left out. A kind is one place in the code; its name is the format string. One thread.
class LimitedLog {
 public:
  using Clock = LogLimit::Clock;

  // Lines of a kind in a second, above the level debug and at it.
  static constexpr std::size_t kLines = 10;
  static constexpr std::size_t kDebugLines = 100;

  /// `on_left_out` must call tell_left_out() after a second, which reports a flood that has stopped.
  explicit LimitedLog(std::function<void()> on_left_out = {}, std::function<Clock::time_point()> now = Clock::now)
      : on_left_out_(std::move(on_left_out)), now_(std::move(now)) {}
  /// Reports what is still to report.
  ~LimitedLog();
  LimitedLog(const LimitedLog&) = delete;
  LimitedLog& operator=(const LimitedLog&) = delete;

  template <class... Args>
  void log(Level level, fmt::format_string<Args...> format, Args&&... args) {
    if (!enabled(level)) return;
    const fmt::string_view kind = format;
    if (const auto left_out = pass(level, {kind.data(), kind.size()}))
      write_passed(level, fmt::format(format, std::forward<Args>(args)...), *left_out);
  }
  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    log(Level::debug, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) {
    log(Level::warning, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) {
    log(Level::error, format, std::forward<Args>(args)...);
  }

  /// A line of a kind with another name.
  void write(Level level, std::string_view kind, std::string_view line);

  /// Tells how many lines were left out of the kinds that have had none for a second.
  void tell_left_out();

 private:
  struct Kind {
    Level level;
    LogLimit limit;
  };

  std::optional<std::uint64_t> pass(Level level, std::string_view kind);
  void write_passed(Level level, std::string_view line, std::uint64_t left_out);
  void plan();

  const std::function<void()> on_left_out_;
  const std::function<Clock::time_point()> now_;
  std::map<std::string, Kind, std::less<>> kinds_;
  bool is_planned_ = false;  // tell_left_out() will be called
};

}  // namespace suzaku::log

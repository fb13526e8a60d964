#pragma once

#include <string_view>

#include <fmt/core.h>

#include <suzaku/log.hpp>

/// How the libraries log: a line of text, at a level, to the sink of <suzaku/log.hpp> or to standard error. Lines may
/// hold text from outside: they are made printable and cut. Writing to standard error does not block: lines that cannot
/// be written at once are lost and counted (log_output.hpp names the exception). Any thread.
/// spdlog does the work behind it, in log.cpp alone, because its headers are slow to compile.
namespace suzaku::log {

bool enabled(Level level) noexcept;
/// `note` is ours, short, and stands at the end also of a line that is cut.
void write(Level level, std::string_view line, std::string_view note = {}) noexcept;

template <class... Args>
void log(Level level, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level)) write(level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  log(Level::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  log(Level::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  log(Level::warning, format, std::forward<Args>(args)...);
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  log(Level::error, format, std::forward<Args>(args)...);
}

}  // namespace suzaku::log

#include "base/limited_log.hpp"

namespace suzaku::log {
namespace {

void write_rest(Level level, std::uint64_t left_out, std::string_view kind) {
  log::write(level, fmt::format("{} more lines like this were left out: {}", left_out, kind));
}

}  // namespace

LimitedLog::~LimitedLog() {
  for (const auto& [name, kind] : kinds_)
    if (const auto left_out = kind.limit.left_out(); left_out > 0) write_rest(kind.level, left_out, name);
}

void LimitedLog::write(Level level, std::string_view kind, std::string_view line) {
  if (!enabled(level)) return;
  if (const auto left_out = pass(level, kind)) write_passed(level, line, *left_out);
}

/// Nothing when the line is over the limit; otherwise how many lines were left out before it.
std::optional<std::uint64_t> LimitedLog::pass(Level level, std::string_view name) {
  auto kind = kinds_.find(name);
  if (kind == kinds_.end())
    kind = kinds_.emplace(name, Kind{level, LogLimit(level == Level::debug ? kDebugLines : kLines)}).first;
  const auto left_out = kind->second.limit.pass(now_());
  if (!left_out) plan();
  return left_out;
}

void LimitedLog::write_passed(Level level, std::string_view line, std::uint64_t left_out) {
  log::write(level, line, left_out == 0 ? "" : fmt::format(" ({} like it left out)", left_out));
}

void LimitedLog::plan() {
  if (std::exchange(is_planned_, true) || !on_left_out_) return;
  on_left_out_();
}

void LimitedLog::tell_left_out() {
  is_planned_ = false;
  for (auto& [name, kind] : kinds_) {
    if (const auto left_out = kind.limit.take_overdue(now_()); left_out > 0) write_rest(kind.level, left_out, name);
    if (kind.limit.left_out() > 0) plan();
  }
}

}  // namespace suzaku::log

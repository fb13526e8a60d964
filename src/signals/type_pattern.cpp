#include "signals/type_pattern.hpp"

#include <cstddef>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace suzaku::signals {
namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> segments;
  for (;;) {
    const std::size_t dot = text.find('.');
    segments.push_back(text.substr(0, dot));
    if (dot == text.npos) return segments;
    text.remove_prefix(dot + 1);
  }
}

bool is_segment(std::string_view segment) noexcept {
  return segment == "*" || segment == "**" || (!segment.empty() && segment.find('*') == segment.npos);
}

}  // namespace

TypePattern::TypePattern(std::string_view pattern) {
  for (const std::string_view segment : split(pattern)) {
    if (!is_segment(segment))
      throw std::invalid_argument(fmt::format(
          "\"{}\" is no pattern: expected names, * or ** between dots, as in suzaku.*.room_lobby.**", pattern));
    segments_.emplace_back(segment);
  }
}

bool TypePattern::fits(std::string_view type) const {
  const std::vector<std::string_view> names = split(type);
  std::size_t at = 0, name = 0;
  // The last `**`, and the name at which the segments behind it were tried last. After a mismatch `**` takes one more
  // name.
  std::optional<std::size_t> star;
  std::size_t retry = 0;
  while (name < names.size()) {
    if (at < segments_.size() && segments_[at] == "**") {
      star = at++;
      retry = name;
    } else if (at < segments_.size() && (segments_[at] == "*" || segments_[at] == names[name])) {
      ++at;
      ++name;
    } else if (star) {
      at = *star + 1;
      name = ++retry;
    } else {
      return false;
    }
  }
  while (at < segments_.size() && segments_[at] == "**") ++at;
  return at == segments_.size();
}

}  // namespace suzaku::signals

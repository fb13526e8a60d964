#include "http/path_pattern.hpp"

#include <algorithm>

#include "http/query.hpp"

namespace suzaku::http {
namespace {

bool is_variable(std::string_view segment) noexcept {
  return segment.starts_with(':');
}

}  // namespace

PathPattern::PathPattern(std::string_view path) : segments_(path_segments(path)) {}

std::optional<PathPattern::Variables> PathPattern::match(const std::vector<std::string>& segments) const {
  if (segments.size() != segments_.size()) return std::nullopt;
  Variables variables;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (is_variable(segments_[i])) {
      variables.emplace_back(segments_[i].substr(1), segments[i]);
    } else if (segments_[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return variables;
}

bool PathPattern::covers(const PathPattern& other) const {
  return std::ranges::equal(segments_, other.segments_, [](const std::string& mine, const std::string& others) {
    return is_variable(mine) || mine == others;
  });
}

bool PathPattern::is_more_exact_than(const PathPattern& other) const {
  const auto [mine, others] = std::ranges::mismatch(segments_, other.segments_, {}, is_variable, is_variable);
  return mine != segments_.end() && others != other.segments_.end() && !is_variable(*mine);
}

}  // namespace suzaku::http

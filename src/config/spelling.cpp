#include "config/spelling.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace suzaku::config {
namespace {

/// How many letters must be added, left out, changed, or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view leaf(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

std::size_t unlikeness(std::string_view typed, std::string_view name) {
  const std::size_t whole = distance(typed, name);
  return leaf(typed) == leaf(name) ? std::min<std::size_t>(whole, 1) : whole;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view typed, std::span<const std::string> names) {
  const auto nearest = std::ranges::min_element(names, {}, [&](const auto& name) { return unlikeness(typed, name); });
  const std::size_t tolerated = std::max<std::size_t>(typed.size() / 3, 1);
  if (nearest == names.end() || unlikeness(typed, *nearest) > tolerated) return std::nullopt;
  return *nearest;
}

}  // namespace suzaku::config

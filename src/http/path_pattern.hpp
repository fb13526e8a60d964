#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suzaku::http {

/// A path with variables: "/rooms/:id". Paths are compared by their segments (path_segments()).
class PathPattern {
 public:
  using Variables = std::vector<std::pair<std::string, std::string>>;

  explicit PathPattern(std::string_view path);

  /// The variables of a path with these segments; nothing when it does not match.
  std::optional<Variables> match(const std::vector<std::string>& segments) const;
  /// Whether all paths of the other match this one, too.
  bool covers(const PathPattern& other) const;
  /// Whether both match the same paths.
  bool is_same_as(const PathPattern& other) const { return covers(other) && other.covers(*this); }
  /// Whether the first part in which they differ is a variable in the other alone.
  bool is_more_exact_than(const PathPattern& other) const;
  bool is_root() const noexcept { return segments_.empty(); }
  std::size_t size() const noexcept { return segments_.size(); }

 private:
  std::vector<std::string> segments_;
};

}  // namespace suzaku::http

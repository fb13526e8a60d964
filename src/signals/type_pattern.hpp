#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace suzaku::signals {

/// A pattern such as "suzaku.*.room_lobby.**": segments separated by dots. `*` is one segment, `**` is any number of
/// segments, including none.
class TypePattern {
 public:
  /// Throws std::invalid_argument for an empty segment, and for a `*` beside other characters.
  explicit TypePattern(std::string_view pattern);

  bool fits(std::string_view type) const;

 private:
  std::vector<std::string> segments_;
};

}  // namespace suzaku::signals

#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace suzaku {

/// For maps with std::string keys: lookup by std::string_view.
struct TransparentHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

}  // namespace suzaku

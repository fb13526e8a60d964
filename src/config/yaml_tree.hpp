#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace suzaku::config {

/// Where something stands in a file, from 1.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
  auto operator<=>(const Place&) const = default;
};

struct YamlNode;
using YamlPointer = std::shared_ptr<const YamlNode>;

/// A value in a YAML file.
struct YamlNode {
  enum class Kind : std::uint8_t { nothing, scalar, list, mapping };
  Kind kind = Kind::nothing;
  Place place = {};
  std::string text = {};                                          // of a scalar
  bool is_plain = false;                                          // a scalar without quotes
  std::vector<YamlPointer> items = {};                            // of a list
  std::vector<std::pair<YamlPointer, YamlPointer>> entries = {};  // of a mapping, as they stand there
};

/// Why a text is not taken as YAML.
struct YamlError {
  Place place;
  std::string message;
};

inline constexpr std::size_t kLargestFile = 1 << 20;
/// Brackets within brackets, and values in all, where an alias counts as what it stands for. Enough for people, and few
/// enough to read quickly.
inline constexpr std::size_t kDeepest = 50;
inline constexpr std::size_t kMostValues = 100'000;

/// Reads the one document of a text. Merge keys (`<<`) are refused, since YAML 1.2 has none, and so are tags
/// (`!!binary`).
tl::expected<YamlPointer, YamlError> parse_yaml(const std::string& text);

}  // namespace suzaku::config

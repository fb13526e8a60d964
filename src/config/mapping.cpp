#include "config/mapping.hpp"

#include <algorithm>

#include "config/spelling.hpp"

namespace suzaku::config {

std::string Mapping::key_of(std::string_view name) const {
  return (value_.key().empty() ? "" : value_.key() + '.').append(name);
}

std::optional<Value> Mapping::find(std::string_view name) {
  if (std::ranges::find(asked_, name) == asked_.end()) asked_.emplace_back(name);
  for (const auto& [given, value] : entries_)
    if (given == name) return value;
  return {};
}

std::optional<Value> Mapping::require(std::string_view name) {
  auto found = find(name);
  if (!found && (value_.is(YamlNode::Kind::mapping) || value_.is(YamlNode::Kind::nothing)))
    value_.reading().complain(value_.key_place(), key_of(name), "missing; it must be set");
  return found;
}

void Mapping::finish(std::span<const std::string> elsewhere) const {
  std::vector<std::string> right(elsewhere.begin(), elsewhere.end());
  std::string all;
  for (const std::string& name : asked_) {
    right.push_back(key_of(name));
    all.append(all.empty() ? "" : ", ").append(name);
  }
  for (const auto& [name, value] : entries_) {
    if (std::ranges::find(asked_, name) != asked_.end()) continue;
    const auto meant = nearest_name(value.key(), right);
    const std::string parent = value_.key().empty() ? "the file" : value_.key();
    value.reading().complain(value.key_place(), value.key(),
                             "unknown key; " + (meant ? "did you mean " + *meant + "?" : parent + " may have " + all));
  }
}

}  // namespace suzaku::config

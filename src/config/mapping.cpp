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

std::string Mapping::advice(std::string_view name, std::span<const std::string> elsewhere) const {
  if (const auto meant = nearest_name(name, asked_)) return "did you mean " + key_of(*meant) + "?";
  if (const auto meant = nearest_name(key_of(name), elsewhere)) return "did you mean " + *meant + "?";
  std::string all = value_.key().empty() ? "the file may have " : value_.key() + " may have ";
  for (const std::string& asked : asked_) all.append(&asked == &asked_.front() ? "" : ", ").append(asked);
  return all;
}

void Mapping::finish(std::span<const std::string> elsewhere) const {
  for (const auto& [name, value] : entries_)
    if (std::ranges::find(asked_, name) == asked_.end())
      value.reading().complain(value.key_place(), value.key(), "unknown key; " + advice(name, elsewhere));
}

}  // namespace suzaku::config

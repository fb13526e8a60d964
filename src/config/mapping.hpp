#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/value.hpp"

namespace suzaku::config {

/// A mapping of a configuration file, asked for one key after another. A key that is not there changes nothing.
class Mapping {
 public:
  explicit Mapping(const Value& value) : value_(value), entries_(value.entries()) {}

  const Value& value() const noexcept { return value_; }

  std::optional<Value> find(std::string_view name);
  /// A missing key is a mistake.
  std::optional<Value> require(std::string_view name);

  /// See Value::read().
  template <class T, class Parse>
  void read(std::string_view name, T& target, const Parse& parse) {
    if (const auto found = find(name)) found->read(target, parse);
  }
  /// The same, for what must be usable on this machine: see Value::look().
  template <class T, class Parse, class Check>
  void read(std::string_view name, T& target, const Parse& parse, const Check& check) {
    const auto found = find(name);
    if (found && found->read(target, parse)) found->look([check, target] { return check(target); });
  }

  /// Reports keys that were not read as mistakes. `elsewhere`: keys that are right in another place of the file.
  void finish(std::span<const std::string> elsewhere = {}) const;

 private:
  std::string key_of(std::string_view name) const;
  std::string advice(std::string_view name, std::span<const std::string> elsewhere) const;

  Value value_;
  std::vector<std::pair<std::string, Value>> entries_;
  std::vector<std::string> asked_;
};

}  // namespace suzaku::config

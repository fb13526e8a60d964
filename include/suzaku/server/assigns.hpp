#pragma once

#include <any>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suzaku::server {

/// Values that a socket or a channel keeps under a name (Phoenix's assigns). A channel begins with a copy of its
/// socket's; what it assigns after that is its own.
class Assigns {
 public:
  void set(std::string_view key, std::any value) {
    for (auto& [name, held] : values_)
      if (name == key) {
        held = std::move(value);
        return;
      }
    values_.emplace_back(key, std::move(value));
  }

  /// The value under that name, or null when there is none or it has another type.
  template <class T>
  const T* get(std::string_view key) const noexcept {
    for (const auto& [name, held] : values_)
      if (name == key) return std::any_cast<T>(&held);
    return nullptr;
  }

  /// Takes over all values of `other`, which win over those of the same name here.
  void merge(const Assigns& other) {
    for (const auto& [name, held] : other.values_) set(name, held);
  }

 private:
  std::vector<std::pair<std::string, std::any>> values_;  // a handful at most
};

}  // namespace suzaku::server

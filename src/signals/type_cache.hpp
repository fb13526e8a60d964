#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/transparent_hash.hpp"

namespace suzaku::signals {

/// A cache of values by the type of a signal. Servers choose names in types, so the cache is bounded in bytes: it is
/// emptied when it is full, and a value that is too large for it is not stored. One thread at a time.
template <class Value>
class TypeCache {
 public:
  static constexpr std::size_t kMaxBytes = 1 << 20;
  static constexpr std::size_t kMaxEntryBytes = kMaxBytes / 16;
  static constexpr std::size_t kOverhead = 128;  // of an entry, besides its type and its value

  /// nullptr when it is not in the cache. Valid until the next add() or clear().
  const Value* find(std::string_view type) const {
    const auto found = entries_.find(type);
    return found == entries_.end() ? nullptr : &found->second;
  }
  /// `value_bytes`: the size of the value.
  void add(std::string_view type, Value value, std::size_t value_bytes) {
    const std::size_t bytes = kOverhead + type.size() + value_bytes;
    if (bytes > kMaxEntryBytes) return;
    if (bytes_ + bytes > kMaxBytes) clear();
    if (entries_.emplace(type, std::move(value)).second) bytes_ += bytes;
  }
  void clear() {
    entries_.clear();
    bytes_ = 0;
  }

  std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::unordered_map<std::string, Value, TransparentHash, std::equal_to<>> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace suzaku::signals

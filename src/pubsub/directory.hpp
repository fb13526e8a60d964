#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/transparent_hash.hpp"

namespace suzaku::pubsub {

inline constexpr std::size_t kMaxLoops = 256;
using LoopSet = std::bitset<kMaxLoops>;

/// Which loops have subscribers of a topic, so that a broadcast wakes no other. Any thread.
class Directory {
 public:
  void add(std::string_view topic, std::size_t loop);
  void remove(std::string_view topic, std::size_t loop);
  LoopSet find(std::string_view topic) const;

 private:
  /// Sharded by topic: loops that broadcast on different topics rarely meet at a lock.
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, LoopSet, TransparentHash, std::equal_to<>> topics;
  };
  const Shard& shard(std::string_view topic) const noexcept {
    return shards_[TransparentHash{}(topic) % shards_.size()];
  }
  Shard& shard(std::string_view topic) noexcept { return shards_[TransparentHash{}(topic) % shards_.size()]; }

  std::array<Shard, 64> shards_;
};

}  // namespace suzaku::pubsub

#include "pubsub/directory.hpp"

namespace suzaku::pubsub {

void Directory::add(std::string_view topic, std::size_t loop) {
  Shard& part = shard(topic);
  const std::lock_guard lock(part.mutex);
  part.topics.try_emplace(std::string(topic)).first->second.set(loop);
}

void Directory::remove(std::string_view topic, std::size_t loop) {
  Shard& part = shard(topic);
  const std::lock_guard lock(part.mutex);
  const auto found = part.topics.find(topic);
  if (found == part.topics.end()) return;
  found->second.reset(loop);
  if (found->second.none()) part.topics.erase(found);
}

LoopSet Directory::find(std::string_view topic) const {
  const Shard& part = shard(topic);
  const std::lock_guard lock(part.mutex);
  const auto found = part.topics.find(topic);
  return found == part.topics.end() ? LoopSet{} : found->second;
}

}  // namespace suzaku::pubsub

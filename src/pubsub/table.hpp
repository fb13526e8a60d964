#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/transparent_hash.hpp"
#include "pubsub/broadcast.hpp"
#include "pubsub/pubsub.hpp"
#include "ws/deflate.hpp"

namespace suzaku::pubsub {

/// The subscribers of one topic on one loop, side by side in memory because fan-out walks over all of them.
struct Topic {
  /// The parts of a subscription that fan-out needs.
  struct Entry {
    FrameSink* sink;
    const std::vector<std::string>* intercepts;
    Subscription* subscription;
    FrameVariant variant;
    bool droppable;
  };
  std::string name;
  std::vector<Entry> entries;
};

/// The subscriptions of one loop. Loop's thread only.
class Table {
 public:
  /// True when the topic had no subscriber on this loop before.
  bool subscribe(Subscription& subscription, std::string_view topic);
  /// True when the topic has no subscriber on this loop any more.
  bool unsubscribe(Subscription& subscription);

  /// Hands the broadcast to every subscriber but `except`. Frames are queued, messages too: no code of a subscriber's
  /// runs meanwhile, so nobody can subscribe or unsubscribe under our feet.
  void dispatch(const std::shared_ptr<const Broadcast>& broadcast, const Subscription* except);

 private:
  std::unordered_map<std::string, std::unique_ptr<Topic>, TransparentHash, std::equal_to<>> topics_;
  ws::Deflater deflater_;
};

}  // namespace suzaku::pubsub

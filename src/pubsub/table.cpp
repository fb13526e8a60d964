#include "pubsub/table.hpp"

#include <algorithm>

namespace suzaku::pubsub {

bool Table::subscribe(Subscription& subscription, std::string_view name) {
  auto found = topics_.find(name);
  const bool first = found == topics_.end();
  if (first) {
    auto topic = std::make_unique<Topic>();
    topic->name = name;
    found = topics_.emplace(topic->name, std::move(topic)).first;
  }
  Topic& topic = *found->second;
  subscription.topic = &topic;
  subscription.position = topic.entries.size();
  topic.entries.push_back({.sink = subscription.sink,
                           .intercepts = subscription.intercepts,
                           .subscription = &subscription,
                           .variant = subscription.variant,
                           .droppable = subscription.droppable});
  return first;
}

bool Table::unsubscribe(Subscription& subscription) {
  Topic& topic = *subscription.topic;
  // The last one takes the place of the one that goes.
  Topic::Entry& place = topic.entries[subscription.position];
  place = topic.entries.back();
  place.subscription->position = subscription.position;
  topic.entries.pop_back();
  subscription.topic = nullptr;
  if (!topic.entries.empty()) return false;
  topics_.erase(topics_.find(topic.name));
  return true;
}

void Table::dispatch(const std::shared_ptr<const Broadcast>& broadcast, const Subscription* except) {
  const auto found = topics_.find(broadcast->topic());
  if (found == topics_.end()) return;

  // Subscribers of a topic mostly want the same: what the one before needed is what the next one gets.
  const SharedBytes* frame = nullptr;
  FrameVariant variant;
  const std::vector<std::string>* intercepts = nullptr;
  bool intercepted = false;
  for (const Topic::Entry& entry : found->second->entries) {
    if (entry.subscription == except) continue;
    if (entry.intercepts != intercepts) {
      intercepts = entry.intercepts;
      intercepted = intercepts && std::ranges::find(*intercepts, broadcast->event()) != intercepts->end();
    }
    if (!entry.sink || intercepted) {
      entry.subscription->subscriber->on_broadcast(broadcast);
      continue;
    }
    if (!frame || entry.variant.version != variant.version || entry.variant.compressed != variant.compressed) {
      variant = entry.variant;
      frame = &broadcast->frame(variant, deflater_);
    }
    if (*frame) entry.sink->send(*frame, entry.droppable);
  }
}

}  // namespace suzaku::pubsub

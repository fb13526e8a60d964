#include "signals/bus_state.hpp"

#include <utility>

namespace suzaku::signals {

SignalBus::State::Subscribers& SignalBus::State::list_of(const Subscription::State& subscriber) {
  if (subscriber.is_to_types()) return to_types_;
  return subscriber.topic().empty() ? to_unheard_ : by_topic_[subscriber.topic()];
}

void SignalBus::State::add(const Subscriber& subscriber) {
  const std::lock_guard lock(mutex_);
  insert(subscriber);
}

void SignalBus::State::remove(const Subscription::State& subscriber) {
  const std::lock_guard lock(mutex_);
  erase(subscriber);
}

void SignalBus::State::replace(Subscription::State& before, const Subscriber& by) {
  {
    const std::lock_guard lock(mutex_);
    erase(before);
    insert(by);
  }
  dropped_.fetch_add(before.hand_over(by), std::memory_order_relaxed);
}

void SignalBus::State::insert(const Subscriber& subscriber) {
  Subscribers& list = list_of(*subscriber);
  auto longer = list ? *list : std::vector<Subscriber>();
  longer.push_back(subscriber);
  list = std::make_shared<const std::vector<Subscriber>>(std::move(longer));
  matched_.clear();
  ++subscriptions_;
}

/// Does nothing when it was erased before.
void SignalBus::State::erase(const Subscription::State& subscriber) {
  Subscribers& list = list_of(subscriber);
  auto shorter = list ? *list : std::vector<Subscriber>();
  subscriptions_ -= std::erase_if(shorter, [&](const Subscriber& other) { return other.get() == &subscriber; });
  list = shorter.empty() ? nullptr : std::make_shared<const std::vector<Subscriber>>(std::move(shorter));
  if (!list) by_topic_.erase(subscriber.topic());
  matched_.clear();
}

SignalBus::State::Subscribers SignalBus::State::find(const Table& table, std::string_view key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : found->second;
}

SignalBus::State::Subscribers SignalBus::State::of_topic(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  return find(by_topic_, topic);
}

SignalBus::State::Subscribers SignalBus::State::of_unheard() const {
  const std::lock_guard lock(mutex_);
  return to_unheard_;
}

SignalBus::State::Subscribers SignalBus::State::of_type(std::string_view type) {
  const std::lock_guard lock(mutex_);
  if (const Subscribers* known = matched_.find(type)) return *known;
  Subscribers found = match(type);
  matched_.add(type, found, found ? found->size() * sizeof(Subscriber) : 0);
  return found;
}

SignalBus::State::Subscribers SignalBus::State::match(std::string_view type) const {
  const Subscribers exact = find(by_topic_, options_.type_topic_prefix + std::string(type));
  auto matched = exact ? *exact : std::vector<Subscriber>();
  if (to_types_) {
    for (const Subscriber& subscriber : *to_types_)
      if (subscriber->fits_type(type)) matched.push_back(subscriber);
  }
  return matched.empty() ? nullptr : std::make_shared<const std::vector<Subscriber>>(std::move(matched));
}

SignalBus::State::Delivery SignalBus::State::deliver(const Subscribers& to, const SignalPtr& signal) {
  Delivery all;
  if (!to) return all;
  std::uint64_t dropped = 0;
  for (const Subscriber& subscriber : *to) {
    const auto one = subscriber->deliver(signal);
    all.queued += one.is_queued ? 1 : 0;
    all.is_wanted = all.is_wanted || one.is_wanted;
    dropped += one.dropped;
  }
  delivered_.fetch_add(all.queued, std::memory_order_relaxed);
  if (dropped > 0) dropped_.fetch_add(dropped, std::memory_order_relaxed);
  return all;
}

SignalBus::Metrics SignalBus::State::metrics() const {
  const std::lock_guard lock(mutex_);
  return {.published = published_.load(std::memory_order_relaxed),
          .delivered = delivered_.load(std::memory_order_relaxed),
          .dropped = dropped_.load(std::memory_order_relaxed),
          .unheard = unheard_count_.load(std::memory_order_relaxed),
          .subscriptions = subscriptions_};
}

}  // namespace suzaku::signals

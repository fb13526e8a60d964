#include "signals/bus_impl.hpp"

#include <utility>

namespace suzaku::signals {

SignalBus::Impl::Subscribers& SignalBus::Impl::list_of(const Subscription::Impl& subscriber) {
  if (subscriber.is_to_types()) return to_types_;
  return subscriber.topic().empty() ? to_unheard_ : by_topic_[subscriber.topic()];
}

void SignalBus::Impl::add(const Subscriber& subscriber) {
  const std::lock_guard lock(mutex_);
  insert(subscriber);
}

void SignalBus::Impl::remove(const Subscription::Impl& subscriber) {
  const std::lock_guard lock(mutex_);
  erase(subscriber);
}

void SignalBus::Impl::replace(Subscription::Impl& before, const Subscriber& by) {
  {
    const std::lock_guard lock(mutex_);
    erase(before);
    insert(by);
  }
  dropped_.fetch_add(before.hand_over(by), std::memory_order_relaxed);
}

void SignalBus::Impl::insert(const Subscriber& subscriber) {
  Subscribers& list = list_of(*subscriber);
  auto longer = list ? *list : std::vector<Subscriber>();
  longer.push_back(subscriber);
  list = std::make_shared<const std::vector<Subscriber>>(std::move(longer));
  matched_.clear();
  ++subscriptions_;
}

/// Does nothing when it was erased before.
void SignalBus::Impl::erase(const Subscription::Impl& subscriber) {
  Subscribers& list = list_of(subscriber);
  auto shorter = list ? *list : std::vector<Subscriber>();
  subscriptions_ -= std::erase_if(shorter, [&](const Subscriber& other) { return other.get() == &subscriber; });
  list = shorter.empty() ? nullptr : std::make_shared<const std::vector<Subscriber>>(std::move(shorter));
  if (!list) by_topic_.erase(subscriber.topic());
  matched_.clear();
}

SignalBus::Impl::Subscribers SignalBus::Impl::find(const Table& table, std::string_view key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : found->second;
}

SignalBus::Impl::Subscribers SignalBus::Impl::of_topic(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  return find(by_topic_, topic);
}

SignalBus::Impl::Subscribers SignalBus::Impl::of_unheard() const {
  const std::lock_guard lock(mutex_);
  return to_unheard_;
}

SignalBus::Impl::Subscribers SignalBus::Impl::of_type(std::string_view type) {
  const std::lock_guard lock(mutex_);
  if (const Subscribers* known = matched_.find(type)) return *known;
  Subscribers found = match(type);
  matched_.add(type, found, found ? found->size() * sizeof(Subscriber) : 0);
  return found;
}

SignalBus::Impl::Subscribers SignalBus::Impl::match(std::string_view type) const {
  const Subscribers exact = find(by_topic_, options_.type_topic_prefix + std::string(type));
  auto matched = exact ? *exact : std::vector<Subscriber>();
  if (to_types_) {
    for (const Subscriber& subscriber : *to_types_)
      if (subscriber->fits_type(type)) matched.push_back(subscriber);
  }
  return matched.empty() ? nullptr : std::make_shared<const std::vector<Subscriber>>(std::move(matched));
}

SignalBus::Impl::Delivery SignalBus::Impl::deliver(const Subscribers& to, const SignalPtr& signal) {
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

SignalBus::Metrics SignalBus::Impl::metrics() const {
  const std::lock_guard lock(mutex_);
  return {.published = published_.load(std::memory_order_relaxed),
          .delivered = delivered_.load(std::memory_order_relaxed),
          .dropped = dropped_.load(std::memory_order_relaxed),
          .unheard = unheard_count_.load(std::memory_order_relaxed),
          .subscriptions = subscriptions_};
}

}  // namespace suzaku::signals

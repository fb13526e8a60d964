#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/transparent_hash.hpp"
#include "signals/subscription_impl.hpp"
#include "signals/type_cache.hpp"

namespace suzaku::signals {

/// The subscriptions of a bus. Publishers use immutable lists of subscribers, so no lock is held while signals are
/// put into queues. Any thread.
class SignalBus::Impl {
 public:
  using Subscriber = std::shared_ptr<Subscription::Impl>;
  using Subscribers = std::shared_ptr<const std::vector<Subscriber>>;

  explicit Impl(Options options) : options_(std::move(options)) {}

  void add(const Subscriber& subscriber);
  void remove(const Subscription::Impl& subscriber);
  /// A publisher finds one of the two, never both or none.
  void replace(Subscription::Impl& before, const Subscriber& by);

  Subscribers of_topic(std::string_view topic) const;
  Subscribers of_type(std::string_view type);
  Subscribers of_unheard() const;

  /// Puts the signal into the queues. Returns the number of queues, and whether there was a subscriber.
  struct Delivery {
    std::size_t queued = 0;
    bool is_wanted = false;
  };
  Delivery deliver(const Subscribers& to, const SignalPtr& signal);
  void count_published() noexcept { published_.fetch_add(1, std::memory_order_relaxed); }
  void count_unheard() noexcept { unheard_count_.fetch_add(1, std::memory_order_relaxed); }

  Metrics metrics() const;

 private:
  using Table = std::unordered_map<std::string, Subscribers, TransparentHash, std::equal_to<>>;

  // To be called with the mutex locked.
  void insert(const Subscriber& subscriber);
  void erase(const Subscription::Impl& subscriber);
  Subscribers& list_of(const Subscription::Impl& subscriber);
  static Subscribers find(const Table& table, std::string_view key);
  Subscribers match(std::string_view type) const;

  const Options options_;
  mutable std::mutex mutex_;  // guards the members below, up to the counters
  Table by_topic_;
  Subscribers to_types_;
  Subscribers to_unheard_;
  TypeCache<Subscribers> matched_;  // cleared when subscriptions change
  std::size_t subscriptions_ = 0;

  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> unheard_count_{0};
};

}  // namespace suzaku::signals

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/signals/filter.hpp>
#include <suzaku/signals/signal.hpp>

namespace suzaku::signals {

/// What a subscriber loses when its queue is full.
enum class Drop : std::uint8_t { oldest, newest };

struct SubscriptionOptions {
  std::size_t capacity = 10'000;  // signals that may wait for the subscriber; at least 1
  /// Bytes that they may take. Each subscriber counts a signal in full, though all of them share it. A signal that is
  /// larger than this is lost, and no other for it.
  std::size_t max_bytes = 64 << 20;
  Drop drop = Drop::oldest;
  std::vector<Filter> filters = {};  // of messages; signals of other kinds pass
  bool messages = true;              // false: no messages, only what happens to connections and channels

  // Called on the publisher's thread, and never after the subscription has ended. They must not block or throw, nor
  // call the bus or the subscription.
  std::function<void()> on_waiting = {};                    // a signal has come, and none waited
  std::function<void(const SignalPtr& lost)> on_drop = {};  // the queue was full
};

/// A queue of signals. It ends, and gives up what waits, when it is destroyed. Any thread, but for moving it and its
/// end.
class Subscription {
 public:
  /// The oldest signal that waits, or nullptr.
  SignalPtr take();
  /// The oldest of those that wait, at most so many, and no more than take so many bytes; but one, if there is one.
  std::vector<SignalPtr> take_many(std::size_t most, std::size_t most_bytes = SIZE_MAX);
  /// Like take(); waits for one, at most this long.
  SignalPtr take_for(std::chrono::nanoseconds time);

  std::size_t waiting() const;
  std::size_t waiting_bytes() const;
  /// Signals that were lost because the queue was full.
  std::uint64_t dropped() const;

  /// Ends it now; what waited.
  std::vector<SignalPtr> end();

  ~Subscription();
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;

 private:
  friend class SignalBus;
  class Impl;
  explicit Subscription(std::shared_ptr<Impl> impl) noexcept;
  std::shared_ptr<Impl> impl_;
};

/// Delivers signals to subscribers. Any thread; publishing never waits for a subscriber.
class SignalBus {
 public:
  struct Options {
    /// dispatch() publishes a signal to the topic of this and its type.
    std::string type_topic_prefix = "signal.";
  };
  SignalBus() : SignalBus(Options()) {}
  explicit SignalBus(Options options);
  ~SignalBus();
  SignalBus(const SignalBus&) = delete;
  SignalBus& operator=(const SignalBus&) = delete;

  /// Signals that are published to exactly this topic, such as "suzaku.backend".
  Subscription subscribe(std::string_view topic, SubscriptionOptions options = {});
  /// Signals that are dispatched and whose type fits: "suzaku.*.room_lobby.**", where `*` is one segment and `**` any
  /// number of them. Throws std::invalid_argument for what is no pattern.
  Subscription subscribe_type(std::string_view pattern, SubscriptionOptions options = {});
  /// The same for several patterns; a signal that fits more than one comes once.
  Subscription subscribe_types(const std::vector<std::string>& patterns, SubscriptionOptions options = {});
  /// The same in place of a subscription to this bus, which ends: no signal is lost between the two or comes twice.
  /// What waits there waits here, before what comes. Others may take from `before` at this time.
  Subscription replace(Subscription& before, const std::vector<std::string>& patterns,
                       SubscriptionOptions options = {});
  /// Signals that are dispatched and that nobody else wants.
  Subscription subscribe_unheard(SubscriptionOptions options = {});

  /// To the subscribers of the topic. How many got it.
  std::size_t publish(std::string_view topic, const SignalPtr& signal);
  /// To the subscribers of the topic "signal.<type>" and to those whose pattern fits its type. How many got it.
  std::size_t dispatch(const SignalPtr& signal);

  struct Metrics {
    std::uint64_t published = 0;  // by publish() and dispatch()
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;  // queues were full
    std::uint64_t unheard = 0;  // dispatched, and nobody wanted it
    std::size_t subscriptions = 0;
  };
  Metrics metrics() const;

 private:
  friend class Subscription;
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace suzaku::signals

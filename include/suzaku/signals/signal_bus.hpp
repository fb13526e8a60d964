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

/// Which signals a full queue drops.
enum class Drop : std::uint8_t { oldest, newest };

struct SubscriptionOptions {
  std::size_t capacity = 10'000;  // signals that may wait for the subscriber; at least 1
  /// Bytes of the signals that may wait. Each subscriber counts a signal in full, although all subscribers share it. A
  /// signal larger than this is dropped, and no other signal is dropped for it.
  std::size_t max_bytes = 64 << 20;
  Drop drop = Drop::oldest;
  std::vector<Filter> filters = {};  // of messages; signals of other kinds pass
  bool messages = true;              // false: no messages, only what happens to connections and channels

  // Called on the publisher's thread, and never after the subscription has ended. They must not block or throw, nor
  // call the bus or the subscription.
  std::function<void()> on_waiting = {};                    // the queue was empty, and a signal has arrived
  std::function<void(const SignalPtr& lost)> on_drop = {};  // the queue was full
};

/// A queue of signals. The destructor ends the subscription and drops waiting signals. Any thread, except for moving
/// and destroying it.
class Subscription {
 public:
  /// The oldest signal that waits, or nullptr.
  SignalPtr take();
  /// The oldest waiting signals: at most `max_count` and `max_bytes`, but at least one if one waits.
  std::vector<SignalPtr> take_many(std::size_t most, std::size_t most_bytes = SIZE_MAX);
  /// Like take(), but waits for a signal, at most this long.
  SignalPtr take_for(std::chrono::nanoseconds time);

  std::size_t waiting() const;
  std::size_t waiting_bytes() const;
  /// Signals that were lost because the queue was full.
  std::uint64_t dropped() const;

  /// Ends the subscription now. Returns the signals that waited.
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
    /// dispatch() publishes a signal to the topic "<type_topic_prefix><type>".
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
  /// number of them. Throws std::invalid_argument for an invalid pattern.
  Subscription subscribe_type(std::string_view pattern, SubscriptionOptions options = {});
  /// The same for several patterns. A signal that fits more than one is delivered once.
  Subscription subscribe_types(const std::vector<std::string>& patterns, SubscriptionOptions options = {});
  /// The same in place of another subscription to this bus, which ends. No signal is lost between the two or delivered
  /// twice. Signals that wait in `before` are moved to the front of the new queue. Other threads may take from `before`
  /// meanwhile.
  Subscription replace(Subscription& before, const std::vector<std::string>& patterns,
                       SubscriptionOptions options = {});
  /// Dispatched signals that have no other subscriber.
  Subscription subscribe_unheard(SubscriptionOptions options = {});

  /// Publishes to the subscribers of the topic. Returns their number.
  std::size_t publish(std::string_view topic, const SignalPtr& signal);
  /// Publishes to the subscribers of the topic "signal.<type>" and to those whose pattern fits the type. Returns their
  /// number.
  std::size_t dispatch(const SignalPtr& signal);

  struct Metrics {
    std::uint64_t published = 0;  // by publish() and dispatch()
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;  // queues were full
    std::uint64_t unheard = 0;  // dispatched, without a subscriber
    std::size_t subscriptions = 0;
  };
  Metrics metrics() const;

 private:
  friend class Subscription;
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace suzaku::signals

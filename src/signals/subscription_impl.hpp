#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/signals/signal_bus.hpp>

#include "signals/type_pattern.hpp"

namespace suzaku::signals {

/// The interests of a subscription, and its queue. Any thread.
class Subscription::Impl {
 public:
  /// A topic, or patterns of types. With neither: signals without another subscriber.
  struct Request {
    std::string topic = {};
    std::vector<TypePattern> patterns = {};
  };
  Impl(Request request, SubscriptionOptions options, std::weak_ptr<SignalBus::Impl> bus);

  const std::string& topic() const noexcept { return request_.topic; }
  bool is_to_types() const noexcept { return !request_.patterns.empty(); }
  bool fits_type(std::string_view type) const;

  struct Delivery {
    bool is_wanted = false;
    std::size_t dropped = 0;  // this signal, or older ones
    bool is_queued = false;
  };
  Delivery deliver(const SignalPtr& signal);

  SignalPtr take();
  std::vector<SignalPtr> take_many(std::size_t most, std::size_t most_bytes);
  SignalPtr take_for(std::chrono::nanoseconds time);
  std::size_t waiting() const;
  std::size_t waiting_bytes() const;
  std::uint64_t dropped() const;

  /// Ends the subscription: the bus forgets it, and no function of the options is called after this. Returns the
  /// signals that waited.
  std::vector<SignalPtr> end();
  /// Ends the subscription. Waiting signals move to the front of the queue of `next`, and signals that publishers still
  /// deliver go to `next` too. Returns the number of signals that `next` had no room for.
  std::size_t hand_over(const std::shared_ptr<Impl>& to);

 private:
  bool wants(const Signal& signal) const;
  Delivery put(const SignalPtr& signal);
  std::size_t put_in_front(std::deque<SignalPtr> earlier);
  SignalPtr pop();
  void drop(const SignalPtr& signal);

  const Request request_;
  const SubscriptionOptions options_;
  const std::weak_ptr<SignalBus::Impl> bus_;
  mutable std::mutex mutex_;  // guards the members below; locked while functions of the options are called
  std::condition_variable came_;
  std::deque<SignalPtr> queue_;
  std::size_t bytes_ = 0;  // of the signals in the queue
  std::uint64_t dropped_ = 0;
  bool has_ended_ = false;
  std::shared_ptr<Impl> successor_;
};

}  // namespace suzaku::signals

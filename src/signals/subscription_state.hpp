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

/// What a subscription is to, and the queue of what has come. Any thread.
class Subscription::State {
 public:
  /// A topic, or patterns of types; neither of them: signals that nobody else wants.
  struct Request {
    std::string topic = {};
    std::vector<TypePattern> patterns = {};
  };
  State(Request request, SubscriptionOptions options, std::weak_ptr<SignalBus::State> bus);

  const std::string& topic() const noexcept { return request_.topic; }
  bool is_to_types() const noexcept { return !request_.patterns.empty(); }
  bool fits_type(std::string_view type) const;

  struct Delivery {
    bool is_wanted = false;
    std::size_t dropped = 0;  // it, or older ones
    bool is_queued = false;
  };
  Delivery deliver(const SignalPtr& signal);

  SignalPtr take();
  std::vector<SignalPtr> take_many(std::size_t most, std::size_t most_bytes);
  SignalPtr take_for(std::chrono::nanoseconds time);
  std::size_t waiting() const;
  std::size_t waiting_bytes() const;
  std::uint64_t dropped() const;

  /// From now on nothing is called. The bus forgets it. What waited.
  std::vector<SignalPtr> end();
  /// Ends; what waits goes to another one, before what has come there, and so does what publishers still bring. How
  /// many signals were too many for the other.
  std::size_t hand_over(const std::shared_ptr<State>& to);

 private:
  bool wants(const Signal& signal) const;
  Delivery put(const SignalPtr& signal);
  std::size_t put_in_front(std::deque<SignalPtr> earlier);
  SignalPtr pop();
  void drop(const SignalPtr& signal);

  const Request request_;
  const SubscriptionOptions options_;
  const std::weak_ptr<SignalBus::State> bus_;
  mutable std::mutex mutex_;  // of what follows; held while functions of the options are called
  std::condition_variable came_;
  std::deque<SignalPtr> queue_;
  std::size_t bytes_ = 0;  // of what is in the queue
  std::uint64_t dropped_ = 0;
  bool has_ended_ = false;
  std::shared_ptr<State> successor_;
};

}  // namespace suzaku::signals

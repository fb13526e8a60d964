#pragma once

#include <functional>
#include <memory>
#include <string>

#include <suzaku/payload.hpp>

namespace suzaku::server {

class TopicListener;

/// A message on a topic that was subscribed to: comes to Channel::handle_info(), or to the callback of
/// Endpoint::subscribe().
struct TopicMessage {
  std::string topic;
  std::string event;
  Payload payload;
};

/// What Endpoint::subscribe() returns: while it lives, broadcasts come. A value; any thread.
class TopicSubscription {
 public:
  TopicSubscription() = default;
  TopicSubscription(TopicSubscription&&) noexcept = default;
  TopicSubscription& operator=(TopicSubscription&& other) noexcept;
  ~TopicSubscription() { cancel(); }

  /// No callback runs when it returns, unless it is called within one. So it waits for one that runs: do not hold a
  /// lock that the callback takes.
  void cancel() noexcept;

 private:
  friend class Endpoint;
  explicit TopicSubscription(std::shared_ptr<TopicListener> listener) : listener_(std::move(listener)) {}
  std::shared_ptr<TopicListener> listener_;
};

}  // namespace suzaku::server

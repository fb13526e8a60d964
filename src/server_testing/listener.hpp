#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "pubsub/pubsub.hpp"

namespace suzaku::server_testing {

/// Keeps what is broadcast on a topic until a test takes it.
class Listener final : public pubsub::Subscriber {
 public:
  Listener(pubsub::PubSub& pubsub, std::string_view topic) : topic_(topic), pubsub_(pubsub) {
    subscription_.subscriber = this;
    pubsub_.subscribe(subscription_, topic);
  }
  ~Listener() { pubsub_.unsubscribe(subscription_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) override { heard.push_back(broadcast); }

  const std::string& topic() const noexcept { return topic_; }
  std::deque<std::shared_ptr<const pubsub::Broadcast>> heard;

 private:
  const std::string topic_;
  pubsub::PubSub& pubsub_;
  pubsub::Subscription subscription_;
};

}  // namespace suzaku::server_testing

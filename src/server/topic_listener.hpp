#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <suzaku/server/topic_subscription.hpp>

#include "server/mailbox.hpp"
#include "server/shard.hpp"

namespace suzaku::server {

/// Gets what is broadcast on a topic, on one loop, and hands it to a callback at the end of the turn: during a fan-out
/// nobody may subscribe or unsubscribe.
class TopicListener final : public std::enable_shared_from_this<TopicListener>,
                            private pubsub::Subscriber,
                            private net::Loop::Hook {
 public:
  using Callback = std::function<void(const TopicMessage&)>;

  TopicListener(std::shared_ptr<Mailbox> mailbox, std::string topic, Callback callback)
      : mailbox_(std::move(mailbox)),
        topic_(std::move(topic)),
        callback_(std::make_shared<Callback>(std::move(callback))) {}

  /// Any thread.
  void start();
  void cancel() noexcept;

 private:
  void on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) override;
  void on_turn_end() override;

  const std::shared_ptr<Mailbox> mailbox_;
  const std::string topic_;
  std::shared_ptr<Callback> callback_;  // null once cancelled; called with the lock
  std::recursive_mutex mutex_;

  // Loop's thread only.
  Shard* shard_ = nullptr;  // while subscribed
  pubsub::Subscription subscription_;
  std::vector<std::shared_ptr<const pubsub::Broadcast>> heard_;
};

}  // namespace suzaku::server

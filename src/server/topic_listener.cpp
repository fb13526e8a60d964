#include "server/topic_listener.hpp"

#include <utility>

#include "base/thrown.hpp"

namespace suzaku::server {

void TopicListener::start() {
  mailbox_->run([self = shared_from_this()](Shard& shard) {
    self->shard_ = &shard;
    self->subscription_.subscriber = self.get();
    shard.pubsub->subscribe(self->subscription_, self->topic_);
    shard.listeners.insert(self);
  });
}

void TopicListener::cancel() noexcept {
  {
    const std::lock_guard lock(mutex_);
    callback_ = nullptr;
  }
  mailbox_->run([self = shared_from_this()](Shard& shard) {
    if (!std::exchange(self->shard_, nullptr)) return;
    shard.pubsub->unsubscribe(self->subscription_);
    shard.loop.forget(*self);
    shard.listeners.erase(self);
  });
}

void TopicListener::on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) {
  if (heard_.empty()) shard_->loop.at_turn_end(net::Loop::Phase::work, *this);
  heard_.push_back(broadcast);
}

void TopicListener::on_turn_end() {
  const auto self = shared_from_this();
  Shard& shard = *shard_;  // a callback may cancel
  for (const auto& broadcast : std::exchange(heard_, {})) {
    const std::lock_guard lock(mutex_);
    if (!callback_) return;
    const auto callback = callback_;  // lives until it returns, though it may cancel itself
    try {
      (*callback)({broadcast->topic(), broadcast->event(), broadcast->payload()});
    } catch (...) {
      shard.log().error("the callback for the topic {} threw: {}", in_log(topic_), what_is_thrown());
    }
  }
}

void TopicSubscription::cancel() noexcept {
  if (const auto listener = std::exchange(listener_, nullptr)) listener->cancel();
}

TopicSubscription& TopicSubscription::operator=(TopicSubscription&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  listener_ = std::move(other.listener_);
  return *this;
}

}  // namespace suzaku::server

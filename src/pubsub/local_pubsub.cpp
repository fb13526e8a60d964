#include "pubsub/local_pubsub.hpp"

#include <algorithm>
#include <string>

namespace suzaku::pubsub {
namespace {

/// Bytes of broadcasts that may wait for one loop. Beyond it the loops whose clients send them pause: a client must not
/// fill the memory with what another loop cannot take in.
constexpr std::size_t kMaxBacklog = 16 << 20;
constexpr std::size_t kTaskOverhead = 256;

}  // namespace

LocalPubSub::LocalPubSub(std::span<net::Loop* const> loops) : loops_(loops.begin(), loops.end()) {
  for (std::size_t i = 0; i < loops_.size(); ++i) tables_.push_back(std::make_unique<Table>());
}

/// The index of the calling thread's loop, or as many as there are when it is none of them.
std::size_t LocalPubSub::this_loop() const noexcept {
  std::size_t i = 0;
  while (i < loops_.size() && !loops_[i]->in_this_thread()) ++i;
  return i;
}

void LocalPubSub::subscribe(Subscription& subscription, std::string_view topic) {
  const std::size_t loop = this_loop();
  if (tables_.at(loop)->subscribe(subscription, topic)) directory_.add(topic, loop);
}

void LocalPubSub::unsubscribe(Subscription& subscription) {
  if (!subscription.topic) return;
  const std::size_t loop = this_loop();
  const std::string topic = subscription.topic->name;
  if (tables_.at(loop)->unsubscribe(subscription)) directory_.remove(topic, loop);
}

void LocalPubSub::broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  fan_out(nullptr, topic, event, payload);
}

void LocalPubSub::broadcast_from(const Subscription& from, std::string_view topic, std::string_view event,
                                 const Payload& payload) {
  fan_out(&from, topic, event, payload);
}

void LocalPubSub::local_broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  fan_out(nullptr, topic, event, payload);
}

void LocalPubSub::fan_out(const Subscription* from, std::string_view topic, std::string_view event,
                          const Payload& payload) {
  const auto message = std::make_shared<const Broadcast>(topic, event, payload);  // throws before anyone has got it
  LoopSet loops = directory_.find(topic);
  if (loops.none()) return;
  const std::size_t own = this_loop();
  if (own < loops_.size() && loops.test(own)) {
    tables_[own]->dispatch(message, from);
    loops.reset(own);
  }
  const std::size_t weight = payload.raw().size() + kTaskOverhead;
  for (std::size_t i = 0; i < loops_.size(); ++i)
    if (loops.test(i))
      loops_[i]->post([table = tables_[i].get(), message] { table->dispatch(message, nullptr); }, weight);

  const auto behind = [this] {
    return std::ranges::any_of(loops_, [](const net::Loop* loop) { return loop->backlog() > kMaxBacklog; });
  };
  if (own < loops_.size() && behind() && !loops_[own]->is_paused()) loops_[own]->pause_while(behind);
}

}  // namespace suzaku::pubsub

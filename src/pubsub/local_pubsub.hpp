#pragma once

#include <memory>
#include <span>
#include <vector>

#include "net/loop.hpp"
#include "pubsub/directory.hpp"
#include "pubsub/pubsub.hpp"
#include "pubsub/table.hpp"

namespace suzaku::pubsub {

/// Fan-out over the loops of this process: each has a table of its own, and a broadcast is handed once to every loop
/// that has a subscriber.
class LocalPubSub final : public PubSub {
 public:
  /// The loops must outlive it.
  explicit LocalPubSub(std::span<net::Loop* const> loops);

  void subscribe(Subscription& subscription, std::string_view topic) override;
  void unsubscribe(Subscription& subscription) override;
  void broadcast(std::string_view topic, std::string_view event, const Payload& payload) override;
  void broadcast_from(const Subscription& from, std::string_view topic, std::string_view event,
                      const Payload& payload) override;
  void local_broadcast(std::string_view topic, std::string_view event, const Payload& payload) override;

 private:
  std::size_t this_loop() const noexcept;
  void fan_out(const Subscription* from, std::string_view topic, std::string_view event, const Payload& payload);

  std::vector<net::Loop*> loops_;
  std::vector<std::unique_ptr<Table>> tables_;
  Directory directory_;
};

}  // namespace suzaku::pubsub

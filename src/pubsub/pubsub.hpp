#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/payload.hpp>

#include "base/frame_sink.hpp"
#include "pubsub/broadcast.hpp"

/// Publish and subscribe: topics, and who gets what is broadcast on them (Phoenix.PubSub).
namespace suzaku::pubsub {

/// Gets broadcasts as messages, not as ready frames.
class Subscriber {
 public:
  virtual void on_broadcast(const std::shared_ptr<const Broadcast>& broadcast) = 0;

 protected:
  ~Subscriber() = default;
};

class Table;
struct Topic;

/// One subscription: who, and how it wants to be served. It belongs to one loop, must stay where it is while
/// subscribed, and unsubscribes before it is destroyed.
///
/// With a `sink`, broadcasts take the fast lane: the ready frame goes straight to the client's connection. Events
/// listed in `intercepts`, and all events when there is no sink, go to the subscriber.
struct Subscription {
  Subscriber* subscriber = nullptr;
  FrameSink* sink = nullptr;
  const std::vector<std::string>* intercepts = nullptr;
  FrameVariant variant;
  bool droppable = false;

  // The table's own notes.
  Topic* topic = nullptr;
  std::size_t position = 0;
};

/// What fans out. LocalPubSub serves one process; an adapter for several machines implements the same.
///
/// subscribe(), unsubscribe() and broadcast_from() are called on the loop that the subscription belongs to, the others
/// on any thread. A subscriber gets the broadcasts of one thread to one topic in the order they were made; subscribers
/// on the calling loop have them in their queues when the call returns.
class PubSub {
 public:
  virtual ~PubSub() = default;

  virtual void subscribe(Subscription& subscription, std::string_view topic) = 0;
  virtual void unsubscribe(Subscription& subscription) = 0;

  /// To every subscriber of the topic, on all nodes.
  virtual void broadcast(std::string_view topic, std::string_view event, const Payload& payload) = 0;
  /// To all but one.
  virtual void broadcast_from(const Subscription& from, std::string_view topic, std::string_view event,
                              const Payload& payload) = 0;
  /// To the subscribers on this node only.
  virtual void local_broadcast(std::string_view topic, std::string_view event, const Payload& payload) = 0;
};

}  // namespace suzaku::pubsub

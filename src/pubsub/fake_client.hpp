#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/frame_sink.hpp"
#include "pubsub/pubsub.hpp"

/// For tests: a subscriber that notes what it gets.
namespace suzaku::pubsub::test {

struct FakeClient final : Subscriber, FrameSink {
  FakeClient() {
    subscription.subscriber = this;
    subscription.sink = this;
  }
  FakeClient(const FakeClient&) = delete;
  FakeClient& operator=(const FakeClient&) = delete;

  bool send(const SharedBytes& frame, bool droppable) override {
    frames.push_back(frame);
    last_droppable = droppable;
    return true;
  }
  std::size_t queued_bytes() const override { return 0; }
  void close(std::uint16_t) override {}
  void on_broadcast(const std::shared_ptr<const Broadcast>& broadcast) override {
    messages.push_back(broadcast->event());
  }

  Subscription subscription;
  std::vector<SharedBytes> frames;
  std::vector<std::string> messages;  // their events
  bool last_droppable = false;
};

/// The text of an unmasked frame of at most 125 bytes.
inline std::string text_of(const SharedBytes& frame) {
  return std::string(frame.view().substr(2));
}

}  // namespace suzaku::pubsub::test

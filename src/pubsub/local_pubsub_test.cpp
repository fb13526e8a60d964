// Fan-out over loops that run, each on a thread of its own.
#include "pubsub/local_pubsub.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "net/loop_thread.hpp"
#include "pubsub/fake_client.hpp"

namespace suzaku::pubsub {
namespace {

using net::test::LoopThread;
using test::FakeClient;
using Words = std::vector<std::string>;

constexpr std::size_t kLoops = 3;

/// Three loops and a client on each of them, which notes the events that it gets.
class Loops {
 public:
  Loops() : pubsub_(std::array{&threads_[0].loop(), &threads_[1].loop(), &threads_[2].loop()}) {
    for (FakeClient& client : clients_) client.subscription.sink = nullptr;
  }

  /// Broadcasts on their way need the tables.
  ~Loops() {
    for (LoopThread& thread : threads_) thread.settle();
  }
  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;

  LocalPubSub& pubsub() { return pubsub_; }
  FakeClient& client(std::size_t loop) { return clients_.at(loop); }

  template <class Work>
  void on(std::size_t loop, Work work) {
    threads_.at(loop).run(work);
  }
  void subscribe(std::size_t loop, const std::string& topic) {
    on(loop, [&] { pubsub_.subscribe(client(loop).subscription, topic); });
  }
  void unsubscribe(std::size_t loop) {
    on(loop, [&] { pubsub_.unsubscribe(client(loop).subscription); });
  }
  /// What the client has got, once everything that was broadcast before has arrived.
  Words messages(std::size_t loop) {
    Words copy;
    on(loop, [&] { copy = client(loop).messages; });
    return copy;
  }

 private:
  std::array<FakeClient, kLoops> clients_;  // outlive the threads
  std::array<LoopThread, kLoops> threads_;
  LocalPubSub pubsub_;
};

TEST(LocalPubSub, a_broadcast_reaches_the_subscribers_on_every_loop) {
  Loops loops;
  for (std::size_t i = 0; i < kLoops; ++i) loops.subscribe(i, i == 2 ? "b" : "a");
  loops.pubsub().broadcast("a", "from outside", {});
  loops.on(0, [&] { loops.pubsub().broadcast("a", "from a loop", {}); });
  loops.pubsub().local_broadcast("a", "here only", {});
  EXPECT_EQ(loops.messages(0), (Words{"from outside", "from a loop", "here only"}));
  EXPECT_EQ(loops.messages(1), (Words{"from outside", "from a loop", "here only"}));
  EXPECT_EQ(loops.messages(2), Words{});
}

TEST(LocalPubSub, subscribers_on_the_own_loop_have_it_when_the_call_returns) {
  Loops loops;
  loops.subscribe(0, "a");
  loops.on(0, [&] {
    loops.pubsub().broadcast("a", "now", {});
    EXPECT_EQ(loops.client(0).messages, (Words{"now"}));
  });
}

TEST(LocalPubSub, broadcast_from_leaves_out_its_sender_alone) {
  Loops loops;
  FakeClient neighbour;
  neighbour.subscription.sink = nullptr;
  for (std::size_t i = 0; i < kLoops; ++i) loops.subscribe(i, "a");
  loops.on(1, [&] {
    loops.pubsub().subscribe(neighbour.subscription, "a");
    loops.pubsub().broadcast_from(loops.client(1).subscription, "a", "ev", {});
    EXPECT_EQ(neighbour.messages, (Words{"ev"}));
    loops.pubsub().unsubscribe(neighbour.subscription);
  });
  EXPECT_EQ(loops.messages(0), (Words{"ev"}));
  EXPECT_EQ(loops.messages(1), Words{});
  EXPECT_EQ(loops.messages(2), (Words{"ev"}));
}

TEST(LocalPubSub, nothing_comes_after_unsubscribing) {
  Loops loops;
  loops.subscribe(0, "a");
  loops.subscribe(1, "a");
  loops.unsubscribe(0);
  loops.unsubscribe(0);  // does no harm
  loops.pubsub().broadcast("a", "ev", {});
  EXPECT_EQ(loops.messages(0), Words{});
  EXPECT_EQ(loops.messages(1), (Words{"ev"}));
}

TEST(LocalPubSub, all_loops_share_one_frame) {
  Loops loops;
  for (std::size_t i = 0; i < kLoops; ++i) {
    loops.client(i).subscription.sink = &loops.client(i);
    loops.subscribe(i, "a");
  }
  loops.pubsub().broadcast("a", "ev", {});
  std::array<const char*, kLoops> seen{};
  for (std::size_t i = 0; i < kLoops; ++i) loops.on(i, [&] { seen[i] = loops.client(i).frames.at(0).data(); });
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
}

TEST(LocalPubSub, what_cannot_be_said_throws_at_its_sender) {
  Loops loops;
  for (std::size_t i = 0; i < kLoops; ++i) {
    loops.client(i).subscription.sink = &loops.client(i);
    loops.subscribe(i, "a");
  }
  loops.on(0, [&] { EXPECT_THROW(loops.pubsub().broadcast("a", "\xff", {}), std::invalid_argument); });
  for (std::size_t i = 0; i < kLoops; ++i) loops.on(i, [&] { EXPECT_TRUE(loops.client(i).frames.empty()); });
}

TEST(LocalPubSub, everybody_gets_the_broadcasts_of_one_sender_in_order) {
  constexpr int kMessages = 500;
  constexpr std::size_t kSenders = 4;  // one on each loop, and a thread that is none
  Loops loops;
  for (std::size_t i = 0; i < kLoops; ++i) loops.subscribe(i, "a");
  const auto send_all = [&](std::size_t sender) {
    for (int i = 0; i < kMessages; ++i)
      loops.pubsub().broadcast("a", std::to_string(sender) + ":" + std::to_string(1000 + i), {});
  };
  std::vector<std::thread> senders;
  for (std::size_t sender = 0; sender < kSenders; ++sender)
    senders.emplace_back([&, sender] {
      if (sender == kLoops) return send_all(sender);
      loops.on(sender, [&] { send_all(sender); });
    });
  for (std::thread& sender : senders) sender.join();

  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    const Words got = loops.messages(loop);
    EXPECT_EQ(got.size(), kSenders * kMessages);
    std::array<Words, kSenders> by_sender;
    for (const std::string& event : got) by_sender.at(static_cast<std::size_t>(event[0] - '0')).push_back(event);
    for (const Words& events : by_sender) EXPECT_TRUE(std::ranges::is_sorted(events));
  }
}

TEST(LocalPubSub, coming_and_going_during_broadcasts_does_no_harm) {
  Loops loops;
  loops.subscribe(0, "a");
  std::thread sender([&] {
    for (int i = 0; i < 2000; ++i) loops.pubsub().broadcast("a", "ev", {});
  });
  for (int i = 0; i < 200; ++i) {
    loops.subscribe(1, "a");
    loops.unsubscribe(1);
  }
  sender.join();
  EXPECT_EQ(loops.messages(0).size(), 2000U);
}

/// Random operations, one after another, on random loops: what a naive model expects comes, in that order.
RC_GTEST_PROP(LocalPubSub, does_what_a_naive_model_does, ()) {
  Loops loops;
  std::array<std::optional<std::string>, kLoops> where;
  std::array<Words, kLoops> expected;
  for (int steps = *rc::gen::inRange(0, 40); steps > 0; --steps) {
    const auto loop = *rc::gen::inRange<std::size_t>(0, kLoops);
    const std::string topic = *rc::gen::elementOf(Words{"a", "b"});
    const int what = *rc::gen::inRange(0, 5);
    const std::string event = std::to_string(steps);
    const auto expect = [&](std::size_t except) {
      for (std::size_t i = 0; i < kLoops; ++i)
        if (where.at(i) == topic && i != except) expected.at(i).push_back(event);
    };
    if (what == 0) {
      loops.pubsub().broadcast(topic, event, {});
      expect(kLoops);
    } else if (what == 1) {
      loops.on(loop, [&] { loops.pubsub().broadcast_from(loops.client(loop).subscription, topic, event, {}); });
      expect(loop);
    } else if (where.at(loop)) {
      loops.unsubscribe(loop);
      where.at(loop).reset();
    } else {
      loops.subscribe(loop, topic);
      where.at(loop) = topic;
    }
  }
  for (std::size_t i = 0; i < kLoops; ++i) RC_ASSERT(loops.messages(i) == expected.at(i));
}

}  // namespace
}  // namespace suzaku::pubsub

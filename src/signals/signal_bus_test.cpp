#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/signals/phoenix.hpp>
#include <suzaku/signals/signal_bus.hpp>

#include "signals/signals_test.hpp"

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

SignalPtr signal_of(std::string type, std::string id = "1") {
  Signal signal;
  signal.id = std::move(id);
  signal.type = std::move(type);
  return std::make_shared<const Signal>(std::move(signal));
}

SignalPtr message_of(std::string_view topic, std::string_view event, const Payload& payload = {}) {
  return std::make_shared<const Signal>(phoenix::message("c", topic, event, payload));
}

/// The ids of the waiting signals.
std::string taken(Subscription& from) {
  std::string ids;
  while (const SignalPtr signal = from.take()) ids += signal->id;
  return ids;
}

TEST(SignalBus, a_topic_matches_exactly_one_name) {
  SignalBus bus;
  Subscription one = bus.subscribe("suzaku.c");
  Subscription two = bus.subscribe("suzaku.c");
  Subscription other = bus.subscribe("suzaku.c.room_1");
  const SignalPtr signal = signal_of("a");
  EXPECT_EQ(bus.publish("suzaku.c", signal), 2U);
  EXPECT_EQ(bus.publish("jido.protocol", signal), 0U);
  EXPECT_EQ(one.take(), signal);
  EXPECT_EQ(one.take(), nullptr);
  EXPECT_EQ(two.take(), signal);
  EXPECT_EQ(other.take(), nullptr);
}

TEST(SignalBus, dispatched_signals_are_delivered_by_their_type) {
  SignalBus bus;
  Subscription exact = bus.subscribe("signal.suzaku.c.room_1.shout");
  Subscription pattern = bus.subscribe_type("suzaku.*.room_1.**");
  Subscription several = bus.subscribe_types({"suzaku.**", "**.shout"});
  Subscription other = bus.subscribe_type("suzaku.channel.*");
  EXPECT_EQ(bus.dispatch(signal_of("suzaku.c.room_1.shout", "1")), 3U);
  EXPECT_EQ(bus.dispatch(signal_of("suzaku.c.room_1.shout", "2")), 3U);
  EXPECT_EQ(bus.dispatch(signal_of("suzaku.channel.left", "3")), 2U);
  EXPECT_EQ(taken(exact), "12");
  EXPECT_EQ(taken(pattern), "12");
  EXPECT_EQ(taken(several), "123");
  EXPECT_EQ(taken(other), "3");
}

TEST(SignalBus, publishing_to_a_topic_ignores_patterns) {
  SignalBus bus;
  Subscription all = bus.subscribe_type("**");
  EXPECT_EQ(bus.publish("suzaku.c", signal_of("a")), 0U);
  EXPECT_EQ(all.waiting(), 0U);
}

TEST(SignalBus, subscriptions_may_change_between_two_signals_of_a_type) {
  SignalBus bus;
  EXPECT_EQ(bus.dispatch(signal_of("a")), 0U);
  std::optional<Subscription> pattern = bus.subscribe_type("a");
  EXPECT_EQ(bus.dispatch(signal_of("a")), 1U);
  Subscription topic = bus.subscribe("signal.a");
  EXPECT_EQ(bus.dispatch(signal_of("a")), 2U);
  EXPECT_EQ(bus.metrics().subscriptions, 2U);
  pattern.reset();
  EXPECT_EQ(bus.dispatch(signal_of("a")), 1U);
  topic = bus.subscribe("elsewhere");
  EXPECT_EQ(bus.dispatch(signal_of("a")), 0U);
  EXPECT_EQ(bus.metrics().subscriptions, 1U);
}

TEST(SignalBus, keeps_nothing_of_a_subscription_that_has_ended) {
  SignalBus bus;
  const auto held = std::make_shared<int>(0);
  std::optional<Subscription> some = bus.subscribe_type("a", {.on_waiting = [held] {}});
  bus.dispatch(signal_of("a"));
  EXPECT_GT(held.use_count(), 1);
  some.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(SignalBus, more_types_than_the_cache_holds_are_still_distinguished) {
  SignalBus bus;
  Subscription some = bus.subscribe_type("*.yes");
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(bus.dispatch(signal_of(std::to_string(i) + ".yes")), 1U);
    EXPECT_EQ(bus.dispatch(signal_of(std::to_string(i) + ".no")), 0U);
  }
}

TEST(SignalBus, a_full_queue_drops_the_oldest_or_the_newest_and_reports_it) {
  SignalBus bus;
  std::string lost;
  const auto note = [&](const SignalPtr& signal) { lost += signal->id; };
  Subscription newest = bus.subscribe_type("a", {.capacity = 2, .drop = Drop::oldest, .on_drop = note});
  Subscription oldest = bus.subscribe_type("a", {.capacity = 2, .drop = Drop::newest});
  EXPECT_EQ(bus.dispatch(signal_of("a", "1")), 2U);
  EXPECT_EQ(bus.dispatch(signal_of("a", "2")), 2U);
  EXPECT_EQ(bus.dispatch(signal_of("a", "3")), 1U);
  EXPECT_EQ(newest.waiting(), 2U);
  EXPECT_EQ(newest.dropped(), 1U);
  EXPECT_EQ(oldest.dropped(), 1U);
  EXPECT_EQ(taken(newest), "23");
  EXPECT_EQ(taken(oldest), "12");
  EXPECT_EQ(lost, "1");
  EXPECT_EQ(bus.metrics().dropped, 2U);
  EXPECT_EQ(bus.metrics().published, 3U);
  EXPECT_EQ(bus.metrics().delivered, 5U);
  EXPECT_EQ(bus.metrics().unheard, 0U);
}

TEST(SignalBus, a_subscription_without_messages_gets_none) {
  SignalBus bus;
  Subscription events = bus.subscribe_type("**", {.messages = false});
  EXPECT_EQ(bus.dispatch(message_of("room:1", "shout")), 0U);
  EXPECT_EQ(bus.dispatch(std::make_shared<const Signal>(phoenix::channel_left("c", "room:1"))), 1U);
  EXPECT_EQ(events.waiting(), 1U);
}

TEST(SignalBus, topics_of_types_have_the_configured_prefix) {
  SignalBus bus({.type_topic_prefix = "jido.signal."});
  Subscription exact = bus.subscribe("jido.signal.phoenix.channel.left");
  bus.dispatch(signal_of("phoenix.channel.left"));
  EXPECT_EQ(exact.waiting(), 1U);
}

TEST(SignalBus, signals_without_a_subscriber_are_counted_and_can_be_subscribed_to) {
  SignalBus bus;
  Subscription unheard = bus.subscribe_unheard();
  Subscription some = bus.subscribe_type("suzaku.**", {.filters = {{.event = "shout"}}});
  bus.dispatch(signal_of("other", "1"));
  bus.dispatch(message_of("room:1", "whisper"));
  bus.dispatch(message_of("room:1", "shout"));
  EXPECT_EQ(bus.metrics().unheard, 2U);
  EXPECT_EQ(unheard.waiting(), 2U);
  EXPECT_EQ(some.waiting(), 1U);
}

TEST(SignalBus, filters_apply_to_messages_only) {
  SignalBus bus;
  Subscription some =
      bus.subscribe_type("**", {.filters = {{.topic = "room:*", .pointer = "/user", .equals = 7}, {.event = "phx_*"}}});
  EXPECT_EQ(bus.dispatch(message_of("room:1", "shout", {{"user", 7}})), 1U);
  EXPECT_EQ(bus.dispatch(message_of("room:1", "shout", {{"user", 8}})), 0U);
  EXPECT_EQ(bus.dispatch(message_of("user:1", "phx_x")), 1U);
  EXPECT_EQ(bus.dispatch(std::make_shared<const Signal>(phoenix::channel_left("c", "user:1"))), 1U);
}

TEST(SignalBus, reports_a_signal_that_arrives_in_an_empty_queue) {
  SignalBus bus;
  int woken = 0;
  Subscription some = bus.subscribe_type("a", {.on_waiting = [&] { ++woken; }});
  bus.dispatch(signal_of("a"));
  bus.dispatch(signal_of("a"));
  EXPECT_EQ(woken, 1);
  some.take();
  bus.dispatch(signal_of("a"));
  EXPECT_EQ(woken, 1);
  taken(some);
  bus.dispatch(signal_of("a"));
  EXPECT_EQ(woken, 2);
}

TEST(SignalBus, taking_waits_for_a_signal_from_another_thread) {
  SignalBus bus;
  Subscription some = bus.subscribe_type("a");
  EXPECT_EQ(some.take_for(0s), nullptr);
  std::thread publisher([&] { bus.dispatch(signal_of("a")); });
  EXPECT_NE(some.take_for(kPatience), nullptr);
  publisher.join();
}

TEST(SignalBus, invalid_subscriptions_are_refused) {
  SignalBus bus;
  EXPECT_THROW(bus.subscribe(""), std::invalid_argument);
  EXPECT_THROW(bus.subscribe_type("a..b"), std::invalid_argument);
  EXPECT_THROW(bus.subscribe_types({}), std::invalid_argument);
  EXPECT_EQ(bus.metrics().subscriptions, 0U);
}

TEST(SignalBus, a_subscription_may_outlive_it) {
  auto bus = std::make_unique<SignalBus>();
  Subscription some = bus->subscribe_type("a");
  bus->dispatch(signal_of("a"));
  bus.reset();
  EXPECT_NE(some.take(), nullptr);
}

TEST(SignalBus, signals_of_each_publisher_arrive_in_order) {
  SignalBus bus;
  Subscription all = bus.subscribe_type("*", {.capacity = 4000});
  std::vector<std::thread> publishers;
  for (const char* type : {"a", "b", "c", "d"})
    publishers.emplace_back([&bus, type] {
      for (int i = 0; i < 1000; ++i) {
        const Subscription passing = bus.subscribe("elsewhere");  // other subscriptions begin and end meanwhile
        bus.dispatch(signal_of(type, std::to_string(i)));
      }
    });
  std::map<std::string, int> next;
  for (int i = 0; i < 4000; ++i) {
    const SignalPtr signal = all.take_for(kPatience);
    ASSERT_NE(signal, nullptr);
    EXPECT_EQ(signal->id, std::to_string(next[signal->type]++));
  }
  for (auto& publisher : publishers) publisher.join();
}

TEST(SignalBus, nothing_is_called_after_a_subscription_has_ended) {
  SignalBus bus;
  std::atomic<bool> stops = false;
  std::atomic<std::uint64_t> published = 0;
  std::thread publisher([&] {
    while (!stops) {
      bus.dispatch(signal_of("a"));
      ++published;
    }
  });
  for (int i = 0; i < 200; ++i) {
    const auto called = std::make_unique<int>(0);  // freed at the end of each loop, so that a late call is detected
    const Subscription some = bus.subscribe_type("a", {.capacity = 1,
                                                       .on_waiting = [at = called.get()] { ++*at; },
                                                       .on_drop = [at = called.get()](const SignalPtr&) { ++*at; }});
    for (const std::uint64_t before = published; published == before;) std::this_thread::yield();
  }
  stops = true;
  publisher.join();
}

}  // namespace
}  // namespace suzaku::signals

// Queues and caches of the bus are bounded in bytes.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

#include <suzaku/signals/phoenix.hpp>
#include <suzaku/signals/signal_bus.hpp>

namespace suzaku::signals {
namespace {

SignalPtr message_of_bytes(std::size_t bytes) {
  return std::make_shared<const Signal>(phoenix::message("c", "room:1", "shout", {{"text", std::string(bytes, 'x')}}));
}

TEST(SignalBusBounds, a_queue_is_bounded_in_bytes_too) {
  SignalBus bus;
  Subscription newest = bus.subscribe_type("**", {.max_bytes = 5'000, .drop = Drop::oldest});
  Subscription oldest = bus.subscribe_type("**", {.max_bytes = 5'000, .drop = Drop::newest});
  std::vector<SignalPtr> all;
  for (int i = 0; i < 9; ++i) {
    all.push_back(message_of_bytes(1'000));
    bus.dispatch(all.back());
  }
  for (const Subscription* some : {&newest, &oldest}) {
    EXPECT_LE(some->waiting_bytes(), 5'000U);
    EXPECT_GE(some->waiting(), 2U);
    EXPECT_EQ(some->waiting() + some->dropped(), 9U);
  }
  EXPECT_EQ(bus.metrics().dropped, newest.dropped() + oldest.dropped());
  EXPECT_EQ(oldest.take(), all.front());
  SignalPtr last;
  while (SignalPtr signal = newest.take()) last = std::move(signal);
  EXPECT_EQ(last, all.back());
  EXPECT_EQ(newest.waiting_bytes(), 0U);
}

TEST(SignalBusBounds, a_signal_larger_than_a_queue_is_dropped_alone) {
  SignalBus bus;
  Subscription some = bus.subscribe_type("**", {.max_bytes = 5'000});
  const SignalPtr small = message_of_bytes(1);
  bus.dispatch(small);
  bus.dispatch(message_of_bytes(5'000));
  EXPECT_EQ(some.waiting(), 1U);
  EXPECT_EQ(some.dropped(), 1U);
  EXPECT_EQ(some.take(), small);
}

TEST(SignalBusBounds, take_returns_at_most_a_number_of_bytes_and_at_least_one_signal) {
  SignalBus bus;
  Subscription some = bus.subscribe_type("**");
  for (int i = 0; i < 5; ++i) bus.dispatch(message_of_bytes(1'000));
  EXPECT_EQ(some.take_many(9, 1).size(), 1U);
  EXPECT_EQ(some.take_many(9, 3'500).size(), 2U);
  EXPECT_EQ(some.take_many(1, 10'000).size(), 1U);
  EXPECT_EQ(some.take_many(9).size(), 1U);
  EXPECT_EQ(some.waiting_bytes(), 0U);
}

TEST(SignalBusBounds, names_that_servers_choose_take_bounded_memory) {
  SignalBus bus;
  Subscription some = bus.subscribe_type("*.yes");
  const auto before = ::mallinfo2();
  for (int i = 0; i < 4'000; ++i) {
    Signal signal;
    signal.type = std::string(20'000, 'x') + std::to_string(i) + ".no";
    EXPECT_EQ(bus.dispatch(std::make_shared<const Signal>(std::move(signal))), 0U);
  }
  const auto after = ::mallinfo2();
  EXPECT_LT(after.uordblks + after.hblkhd, before.uordblks + before.hblkhd + (4U << 20));
}

}  // namespace
}  // namespace suzaku::signals

// Agents that take many signals at once.
#include <algorithm>
#include <cstddef>
#include <future>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <suzaku/signals/phoenix.hpp>

#include "signals/coordinator_test.hpp"

namespace suzaku::signals {
namespace {

TEST_F(CoordinatorTest, an_agent_may_take_many_signals_at_once) {
  std::promise<void> go;
  std::vector<std::string> ids;
  std::size_t largest = 0;
  add({.name = "a", .patterns = {"a"}, .start = [&, is_first = true]() mutable -> BatchHandler {
         if (std::exchange(is_first, false)) go.get_future().wait();
         return [&](std::span<const SignalPtr> batch) {
           largest = std::max(largest, batch.size());
           for (const auto& signal : batch) ids.push_back(signal->id);
         };
       }});
  for (int i = 0; i < 1000; ++i) dispatch("a", std::to_string(i));
  go.set_value();
  settle();
  ASSERT_EQ(ids.size(), 1000U);
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], std::to_string(i));
  EXPECT_EQ(largest, 64U);
  EXPECT_EQ(status("a").handled, 1000U);
}

TEST_F(CoordinatorTest, a_batch_is_bounded_in_bytes) {
  std::promise<void> go;
  std::size_t largest = 0;
  add({.name = "a", .patterns = {"**"}, .start = [&, is_first = true]() mutable -> BatchHandler {
         if (std::exchange(is_first, false)) go.get_future().wait();
         return [&](std::span<const SignalPtr> batch) { largest = std::max(largest, batch.size()); };
       }});
  const Payload data{{"text", std::string(300'000, 'x')}};
  for (int i = 0; i < 20; ++i)
    bus.dispatch(std::make_shared<const Signal>(phoenix::message("c", "room:1", "shout", data)));
  EXPECT_GT(status("a").waiting_bytes, 20U * 300'000U);
  go.set_value();
  settle();
  EXPECT_EQ(largest, 3U);
  EXPECT_EQ(status("a").waiting_bytes, 0U);
}

TEST_F(CoordinatorTest, a_batch_whose_handler_throws_is_lost_and_the_next_is_handled) {
  std::promise<void> go;
  std::vector<std::string> ids;
  int batches = 0;
  add({.name = "a", .patterns = {"a"}, .start = [&, is_first = true]() mutable -> BatchHandler {
         if (std::exchange(is_first, false)) go.get_future().wait();
         return [&](std::span<const SignalPtr> batch) {
           if (++batches == 1) throw std::runtime_error("no");
           for (const auto& signal : batch) ids.push_back(signal->id);
         };
       }});
  for (int i = 0; i < 65; ++i) dispatch("a", std::to_string(i));
  go.set_value();
  settle();
  EXPECT_EQ(ids, std::vector<std::string>{"64"});
  EXPECT_EQ(status("a").failures, 1U);
}

}  // namespace
}  // namespace suzaku::signals

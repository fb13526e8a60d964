// Which signals agents handle, and on which threads.
#include "signals/coordinator_test.hpp"

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <suzaku/signals/phoenix.hpp>

namespace suzaku::signals {
namespace {

TEST_F(CoordinatorTest, an_agent_handles_its_signals_one_by_one_and_in_order) {
  std::atomic<int> at_once = 0;
  std::vector<std::string> ids;  // without a lock, because one thread at a time uses it
  add(agent("a", [&](const Signal& signal) {
    EXPECT_EQ(++at_once, 1);
    ids.push_back(signal.id);
    --at_once;
  }));
  for (int i = 0; i < 5000; ++i) dispatch("a", std::to_string(i));
  settle();
  ASSERT_EQ(ids.size(), 5000U);
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], std::to_string(i));
  EXPECT_EQ(status("a").handled, 5000U);
  EXPECT_EQ(coordinator.dead_letters(), 0U);
}

TEST_F(CoordinatorTest, agents_that_block_on_their_own_threads_do_not_delay_others) {
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::promise<void> handled;
  for (int i = 0; i < 10; ++i) {  // more than the pool has threads
    auto waiting = agent("waits" + std::to_string(i), [gone](const Signal&) { gone.wait(); });
    waiting.has_own_thread = true;
    add(std::move(waiting));
    dispatch("waits" + std::to_string(i));
  }
  add(agent("quick", [&](const Signal&) { handled.set_value(); }));
  dispatch("quick");
  EXPECT_EQ(handled.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_FALSE(coordinator.wait_until_idle(0s));
  go.set_value();
  settle();
}

TEST_F(CoordinatorTest, a_signal_that_arrives_while_the_last_turn_ends_is_handled) {
  std::atomic<int> handled = 0;
  add(agent("a", [&](const Signal&) { ++handled; }));
  const auto last_moment = std::chrono::steady_clock::now() + kPatience;
  for (int i = 0; i < 10'000; ++i) {
    dispatch("a");
    while (handled <= i) ASSERT_LT(std::chrono::steady_clock::now(), last_moment) << "after " << i;
    // So that the next signal arrives at any moment of the end of the turn.
    for (std::atomic<int> pause = i % 100; pause > 0;) --pause;
  }
}

TEST_F(CoordinatorTest, agents_run_at_the_same_time) {
  std::promise<void> a_runs, b_runs;
  add(agent("a", [&](const Signal&) {
    a_runs.set_value();
    EXPECT_EQ(b_runs.get_future().wait_for(kPatience), std::future_status::ready);
  }));
  add(agent("b", [&](const Signal&) {
    b_runs.set_value();
    EXPECT_EQ(a_runs.get_future().wait_for(kPatience), std::future_status::ready);
  }));
  dispatch("a");
  dispatch("b");
  settle();
}

TEST_F(CoordinatorTest, signals_reach_the_agents_whose_patterns_fit) {
  std::atomic<int> some = 0, all = 0;
  Agent wide = agent("wide", [&](const Signal&) { ++all; });
  wide.patterns = {"suzaku.**", "**.shout"};
  add(std::move(wide));
  Agent narrow = agent("narrow", [&](const Signal&) { ++some; });
  narrow.patterns = {"suzaku.*.room_1.*"};
  narrow.filters = {{.event = "shout", .pointer = "/user", .equals = 7}};
  add(std::move(narrow));
  for (const int user : {7, 8})
    bus.dispatch(std::make_shared<const Signal>(phoenix::message("c", "room:1", "shout", {{"user", user}})));
  settle();
  EXPECT_EQ(all, 2);
  EXPECT_EQ(some, 1);
}

TEST_F(CoordinatorTest, agents_may_parse_the_same_data_at_the_same_time) {
  for (const char* name : {"a", "b", "c"}) {
    Agent reader = agent(name, [](const Signal& signal) { EXPECT_EQ(signal.data.json().at("n"), 1); });
    reader.patterns = {"**"};
    add(std::move(reader));
  }
  for (int i = 0; i < 100; ++i)
    bus.dispatch(std::make_shared<const Signal>(phoenix::message("c", "room:1", "shout", {{"n", 1}})));
  settle();
  EXPECT_EQ(status("a").failures + status("b").failures + status("c").failures, 0U);
}

TEST_F(CoordinatorTest, duplicate_names_and_invalid_agents_are_refused) {
  add(agent("a", [](const Signal&) {}));
  EXPECT_EQ(coordinator.add(agent("a", [](const Signal&) {})).error().code, ErrorCode::exists);
  EXPECT_THROW((void)coordinator.add({.name = "b", .patterns = {"b"}, .start = {}}), std::invalid_argument);
  EXPECT_THROW((void)coordinator.add(agent("b..c", [](const Signal&) {})), std::invalid_argument);
  EXPECT_EQ(coordinator.agents().size(), 1U);
}

}  // namespace
}  // namespace suzaku::signals

// Agents that are removed.
#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "signals/coordinator_test.hpp"

namespace suzaku::signals {
namespace {

TEST_F(CoordinatorTest, an_agent_with_a_thread_of_its_own_may_remove_itself) {
  std::promise<bool> removed;
  auto leaving = agent("a", [&](const Signal&) { removed.set_value(coordinator.remove("a")); });
  leaving.has_own_thread = true;
  add(std::move(leaving));
  dispatch("a");
  EXPECT_TRUE(removed.get_future().get());
  settle();
  EXPECT_TRUE(coordinator.agents().empty());
}

TEST_F(CoordinatorTest, removing_waits_for_the_handler_and_drops_waiting_signals) {
  std::promise<void> runs;
  std::promise<void> is_stopped;  // from now on the agent gets no signal
  std::atomic<bool> may_end = false, has_ended = false;
  auto busy = agent("a", [&](const Signal&) {
    EXPECT_FALSE(has_ended);  // the handler is called once
    runs.set_value();
    while (!may_end) std::this_thread::yield();
    has_ended = true;
  });
  busy.stop = [&] { is_stopped.set_value(); };
  add(std::move(busy));
  dispatch("a");
  dispatch("a");
  runs.get_future().wait();
  std::thread removing([&] {
    EXPECT_TRUE(coordinator.remove("a"));
    EXPECT_TRUE(has_ended);
  });
  is_stopped.get_future().wait();
  may_end = true;
  removing.join();
  EXPECT_FALSE(coordinator.remove("a"));
  EXPECT_EQ(bus.metrics().subscriptions, 1U);  // that of the dead letters
}

TEST_F(CoordinatorTest, an_agent_may_remove_itself_and_others_and_add_agents) {
  add(agent("other", [](const Signal&) { ADD_FAILURE() << "was removed"; }));
  const auto alive = std::make_shared<int>(0);
  add(agent("a", [this, alive](const Signal&) {
    EXPECT_TRUE(coordinator.remove("other"));
    EXPECT_TRUE(coordinator.remove("a"));
    EXPECT_TRUE(coordinator.add(agent("a", [this](const Signal&) { seen += "new"; })));
    EXPECT_GT(alive.use_count(), 1);  // its state lives until it returns
    seen += "old ";
  }));
  dispatch("a");
  settle();
  EXPECT_EQ(alive.use_count(), 1);
  dispatch("a");
  dispatch("other");
  settle();
  EXPECT_EQ(seen, "old new");
}

TEST_F(CoordinatorTest, agents_may_remove_each_other_at_the_same_time) {
  std::promise<void> a_runs, b_runs;
  add(agent("a", [&](const Signal&) {
    a_runs.set_value();
    b_runs.get_future().wait();
    coordinator.remove("b");
  }));
  add(agent("b", [&](const Signal&) {
    b_runs.set_value();
    a_runs.get_future().wait();
    coordinator.remove("a");
  }));
  dispatch("a");
  dispatch("b");
  settle();
  EXPECT_TRUE(coordinator.agents().empty());
}

TEST_F(CoordinatorTest, the_destructor_waits_for_handlers_and_none_is_called_after_it) {
  auto short_lived = std::make_unique<Coordinator>(bus);
  std::promise<void> runs;
  std::atomic<bool> has_ended = false, stops = false;
  std::thread publisher([&] {
    while (!stops) dispatch("a");
  });
  ASSERT_TRUE(short_lived->add(agent("a", [&, is_first = true](const Signal&) mutable {
    if (std::exchange(is_first, false)) runs.set_value();
    EXPECT_FALSE(has_ended);
  })));
  runs.get_future().wait();
  short_lived.reset();
  has_ended = true;
  stops = true;
  publisher.join();
}

TEST_F(CoordinatorTest, agents_are_added_and_removed_while_signals_are_published) {
  std::atomic<bool> stops = false;
  std::thread publisher([&] {
    while (!stops) dispatch("a");
  });
  for (int i = 0; i < 200; ++i) {
    std::promise<void> runs;
    add(agent("a", [&runs, is_first = true](const Signal&) mutable {
      if (std::exchange(is_first, false)) runs.set_value();
    }));
    runs.get_future().wait();
    EXPECT_TRUE(coordinator.remove("a"));
  }
  stops = true;
  publisher.join();
}

}  // namespace
}  // namespace suzaku::signals

// Agents that fail, and signals that no agent handles.
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "signals/coordinator_test.hpp"

namespace suzaku::signals {
namespace {

TEST_F(CoordinatorTest, an_agent_that_throws_is_started_again_with_a_new_state) {
  Agent counting{.name = "a", .patterns = {"a"}, .start = [this] {
                   return [this, count = 0](const Signal& signal) mutable {
                     if (signal.id == "bad") throw std::runtime_error("it was bad");
                     seen += std::to_string(++count);
                   };
                 }};
  add(std::move(counting));
  for (const char* id : {"1", "2", "bad", "3", "4"}) dispatch("a", id);
  settle();
  EXPECT_EQ(seen, "1212");
  EXPECT_EQ(status("a").failures, 1U);
  EXPECT_EQ(status("a").last_failure, "it was bad");
  EXPECT_TRUE(status("a").is_running);
  EXPECT_EQ(coordinator.dead_letters(), 0U);
}

TEST_F(CoordinatorTest, an_agent_that_fails_too_often_is_given_up_and_its_signals_are_dead_letters) {
  Agent failing = agent("a", [](const Signal&) { throw 5; });
  failing.restart = {.max_restarts = 2, .period = 1h};
  add(std::move(failing));
  for (int i = 0; i < 5; ++i) dispatch("a");
  settle();
  EXPECT_FALSE(status("a").is_running);
  EXPECT_EQ(status("a").failures, 3U);
  EXPECT_EQ(status("a").handled, 0U);
  EXPECT_EQ(coordinator.dead_letters(), 2U);
  EXPECT_EQ(dead, (std::vector<std::string>(2, "agent a was given up")));
  EXPECT_TRUE(coordinator.remove("a"));
  add(agent("a", [this](const Signal&) { seen += "again"; }));
  dispatch("a");
  settle();
  EXPECT_EQ(seen, "again");
}

TEST_F(CoordinatorTest, a_temporary_agent_is_not_started_again) {
  Agent once = agent("a", [](const Signal&) { throw std::runtime_error("no"); });
  once.restart.restart = Restart::temporary;
  add(std::move(once));
  dispatch("a");
  settle();
  EXPECT_FALSE(status("a").is_running);
}

TEST_F(CoordinatorTest, an_agent_that_cannot_start_is_tried_again_and_given_up) {
  std::atomic<int> starts = 0;
  add({.name = "a", .patterns = {"a"}, .start = [&]() -> Handler {
         ++starts;
         throw std::runtime_error("cannot");
       }});
  add({.name = "b", .patterns = {"b"}, .start = [] { return Handler(); }});
  settle();
  EXPECT_EQ(starts, 4);
  EXPECT_FALSE(status("a").is_running);
  EXPECT_FALSE(status("b").is_running);
}

TEST_F(CoordinatorTest, a_signal_without_a_subscriber_is_a_dead_letter) {
  dispatch("nothing");
  settle();
  EXPECT_EQ(coordinator.dead_letters(), 1U);
  EXPECT_EQ(dead, (std::vector<std::string>{"nobody wanted it"}));
}

TEST_F(CoordinatorTest, a_signal_that_a_full_queue_drops_is_a_dead_letter) {
  std::promise<void> runs, may_end;
  Agent slow = agent("a", [&](const Signal& signal) {
    if (signal.id == "first") {
      runs.set_value();
      may_end.get_future().wait();
    } else {
      seen += signal.id;
    }
  });
  slow.capacity = 2;
  add(std::move(slow));
  dispatch("a", "first");
  runs.get_future().wait();
  for (const char* id : {"1", "2", "3"}) dispatch("a", id);
  EXPECT_EQ(status("a").waiting, 2U);
  EXPECT_EQ(status("a").dropped, 1U);
  EXPECT_EQ(dead, (std::vector<std::string>{"the queue of agent a was full"}));
  may_end.set_value();
  settle();
  EXPECT_EQ(seen, "23");
}

}  // namespace
}  // namespace suzaku::signals

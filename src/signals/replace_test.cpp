#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/signals/coordinator.hpp>

#include "signals/signals_test.hpp"

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

class ReplaceTest : public testing::Test {
 protected:
  void dispatch(std::string id, std::string source = "") {
    Signal signal;
    signal.id = std::move(id);
    signal.source = std::move(source);
    signal.type = "a";
    bus.dispatch(std::make_shared<const Signal>(std::move(signal)));
  }
  static Agent agent(Handler handler) {
    return {.name = "a", .patterns = {"a"}, .start = [handler = std::move(handler)] { return handler; }};
  }
  /// An agent that appends this mark and the id of each signal to `seen`.
  Agent noting(std::string mark) {
    return agent([this, mark = std::move(mark)](const Signal& signal) { seen += mark + signal.id + " "; });
  }
  /// An agent that waits for `may_end` in signal 1.
  Agent waiting() {
    return agent([this](const Signal& signal) {
      if (signal.id == "1") {
        runs.set_value();
        may_end.get_future().wait();
      }
      seen += "old" + signal.id + " ";
    });
  }
  /// While the handler of waiting() runs: begins the replacement, so that only the handler is left to wait for.
  std::future<void> begin_to_replace(Agent agent) {
    const auto waits = [this] { return coordinator.agents().front().waiting; };
    const auto before = waits();
    auto replaced = std::async(std::launch::async, [this, agent = std::move(agent)]() mutable {
      EXPECT_TRUE(coordinator.replace(std::move(agent)));
    });
    while (coordinator.agents().front().waiting == before) std::this_thread::yield();
    return replaced;
  }
  void settle() { ASSERT_TRUE(coordinator.wait_until_idle(kPatience)); }

  std::promise<void> runs, may_end;
  std::string seen;  // without a lock, because one handler runs at a time
  std::mutex mutex;  // guards the members below
  std::vector<std::string> dead;
  SignalBus bus;
  Coordinator coordinator{bus, {.threads = 2, .on_dead_letter = [this](const Signal& signal, std::string_view why) {
                                  const std::lock_guard lock(mutex);
                                  dead.push_back(signal.id + ": " + std::string(why));
                                }}};
};

TEST_F(ReplaceTest, no_signal_is_lost_duplicated_or_reordered_while_agents_are_replaced) {
  constexpr int kSignals = 50'000;
  std::vector<int> next = {0, 0};  // of each publisher; without a lock, because one handler runs at a time
  int wrong = 0;
  const auto make = [&](int i) {
    Agent counting = agent([&](const Signal& signal) {
      const int expected = next[signal.source == "1" ? 1 : 0]++;
      wrong += signal.id == std::to_string(expected) ? 0 : 1;
    });
    counting.capacity = 4 * kSignals;
    counting.has_own_thread = i % 2 == 1;
    counting.patterns = {i % 3 == 0 ? "a" : "**"};
    return counting;
  };
  ASSERT_TRUE(coordinator.add(make(0)));
  std::atomic<int> publishing = 2;
  std::vector<std::thread> publishers;
  for (const char* source : {"0", "1"})
    publishers.emplace_back([&, source] {
      for (int i = 0; i < kSignals; ++i) dispatch(std::to_string(i), source);
      --publishing;
    });
  for (int i = 1; publishing > 0; ++i) ASSERT_TRUE(coordinator.replace(make(i)));
  for (auto& publisher : publishers) publisher.join();
  settle();
  EXPECT_EQ(next, (std::vector<int>{kSignals, kSignals}));
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(dead, std::vector<std::string>());
  EXPECT_EQ(bus.metrics().subscriptions, 2U);  // the agent's, and that of the dead letters
}

TEST_F(ReplaceTest, replacing_waits_for_the_handler) {
  ASSERT_TRUE(coordinator.add(waiting()));
  dispatch("1");
  runs.get_future().wait();
  auto replaced = std::async(std::launch::async, [this] { EXPECT_TRUE(coordinator.replace(noting("new"))); });
  for (const char* id : {"2", "3"}) dispatch(id);
  EXPECT_EQ(replaced.wait_for(0s), std::future_status::timeout);
  may_end.set_value();
  replaced.get();
  dispatch("4");
  settle();
  // The old agent may have handled signals until it was replaced.
  const std::vector<std::string> may_be = {"old1 new2 new3 new4 ", "old1 old2 new3 new4 ", "old1 old2 old3 new4 "};
  EXPECT_NE(std::ranges::find(may_be, seen), may_be.end()) << seen;
}

TEST_F(ReplaceTest, agents_that_are_replaced_at_the_same_time_never_run_at_the_same_time) {
  std::atomic<int> at_once = 0, handled = 0;
  const auto make = [&] {
    return agent([&](const Signal&) {
      EXPECT_EQ(++at_once, 1);
      std::this_thread::yield();
      ++handled;
      --at_once;
    });
  };
  ASSERT_TRUE(coordinator.add(make()));
  std::vector<std::thread> replacing;
  for (int i = 0; i < 3; ++i)
    replacing.emplace_back([&] {
      for (int j = 0; j < 100; ++j) EXPECT_TRUE(coordinator.replace(make()));
    });
  for (int i = 0; i < 5'000; ++i) dispatch(std::to_string(i));
  for (auto& thread : replacing) thread.join();
  settle();
  EXPECT_EQ(handled, 5'000);
}

TEST_F(ReplaceTest, a_signal_without_room_in_the_new_queue_is_a_dead_letter) {
  for (const Drop drop : {Drop::oldest, Drop::newest}) {
    runs = {};
    may_end = {};
    seen.clear();
    dead.clear();
    ASSERT_TRUE(coordinator.add(waiting()));
    dispatch("1");
    runs.get_future().wait();
    for (const char* id : {"2", "3", "4", "5"}) dispatch(id);
    Agent small = noting("new");
    small.capacity = 2;
    small.drop = drop;
    auto replaced = begin_to_replace(std::move(small));
    EXPECT_EQ(coordinator.agents().front().dropped, 2U);
    may_end.set_value();
    replaced.get();
    settle();
    const bool oldest = drop == Drop::oldest;
    EXPECT_EQ(seen, oldest ? "old1 new4 new5 " : "old1 new2 new3 ");
    const std::string why = ": the queue of agent a was full";
    EXPECT_EQ(dead, (std::vector<std::string>{(oldest ? "2" : "4") + why, (oldest ? "3" : "5") + why}));
    EXPECT_TRUE(coordinator.remove("a"));
  }
  EXPECT_EQ(bus.metrics().dropped, 4U);
}

TEST_F(ReplaceTest, a_handler_that_waits_is_stopped_and_gets_no_more_signals) {
  std::promise<void> stopped;
  Agent old = agent([&](const Signal& signal) {
    if (signal.id == "1") runs.set_value();
    stopped.get_future().wait();
    seen += "old" + signal.id + " ";
  });
  old.stop = [&] { stopped.set_value(); };
  ASSERT_TRUE(coordinator.add(old));
  dispatch("1");
  runs.get_future().wait();
  for (const char* id : {"2", "3"}) dispatch(id);
  EXPECT_TRUE(coordinator.replace(noting("new")));
  settle();
  EXPECT_EQ(seen, "old1 new2 new3 ");

  stopped = {};
  runs = {};
  seen.clear();
  EXPECT_TRUE(coordinator.replace(old));
  dispatch("1");
  runs.get_future().wait();
  dispatch("2");
  EXPECT_TRUE(coordinator.remove("a"));
  EXPECT_EQ(seen, "old1 ");
  EXPECT_EQ(dead, std::vector<std::string>{"2: agent a has ended"});
}

TEST_F(ReplaceTest, an_agent_may_replace_itself) {
  ASSERT_TRUE(coordinator.add(agent([this](const Signal&) {
    seen += "old ";
    EXPECT_TRUE(coordinator.replace(noting("new")));
  })));
  dispatch("1");
  settle();
  dispatch("2");
  settle();
  EXPECT_EQ(seen, "old new2 ");
}

TEST_F(ReplaceTest, an_agent_that_cannot_be_replaced_is_left_as_it_is) {
  EXPECT_EQ(coordinator.replace(noting("new")).error().code, ErrorCode::not_found);
  ASSERT_TRUE(coordinator.add(noting("old")));
  Agent bad = noting("new");
  bad.patterns = {"b..c"};
  EXPECT_THROW((void)coordinator.replace(std::move(bad)), std::invalid_argument);
  EXPECT_THROW((void)coordinator.replace({.name = "a", .patterns = {"a"}, .start = {}}), std::invalid_argument);
  dispatch("1");
  settle();
  EXPECT_EQ(seen, "old1 ");
}

TEST_F(ReplaceTest, signals_that_wait_for_a_removed_agent_are_dead_letters) {
  ASSERT_TRUE(coordinator.add(agent([this](const Signal& signal) {
    may_end.get_future().wait();
    EXPECT_TRUE(coordinator.remove("a"));
    seen += signal.id;
  })));
  for (const char* id : {"1", "2", "3"}) dispatch(id);
  may_end.set_value();
  settle();
  EXPECT_EQ(seen, "1");
  EXPECT_EQ(dead, (std::vector<std::string>{"2: agent a has ended", "3: agent a has ended"}));
}

TEST_F(ReplaceTest, signals_that_wait_when_the_coordinator_ends_are_dead_letters) {
  std::atomic<int> lost = 0;
  std::promise<void> starts, may_start;
  auto short_lived = std::make_unique<Coordinator>(
      bus, Coordinator::Options{.threads = 1, .on_dead_letter = [&](const Signal&, std::string_view) { ++lost; }});
  ASSERT_TRUE(short_lived->add({.name = "a", .patterns = {"a"}, .start = [&]() -> Handler {
                                  starts.set_value();
                                  may_start.get_future().wait();
                                  return [&](const Signal&) { ++lost; };
                                }}));
  starts.get_future().wait();
  for (const char* id : {"1", "2"}) dispatch(id);
  may_start.set_value();
  short_lived.reset();
  EXPECT_EQ(lost, 2);
}

TEST_F(ReplaceTest, threads_of_agents_that_have_removed_themselves_do_not_accumulate) {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
  };
  const auto before = threads();
  for (int i = 0; i < 50; ++i) {
    Agent leaving = agent([this](const Signal&) { EXPECT_TRUE(coordinator.remove("a")); });
    leaving.has_own_thread = true;
    ASSERT_TRUE(coordinator.add(std::move(leaving)));
    dispatch("1");
    settle();
  }
  EXPECT_LE(threads(), before + 2);
}

}  // namespace
}  // namespace suzaku::signals

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/signals/coordinator.hpp>
#include <suzaku/signals/phoenix.hpp>

#include "signals/signals_test.hpp"

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

class CoordinatorTest : public testing::Test {
 protected:
  void dispatch(std::string type, std::string id = "1") {
    Signal signal;
    signal.id = std::move(id);
    signal.type = std::move(type);
    bus.dispatch(std::make_shared<const Signal>(std::move(signal)));
  }

  /// One that handles signals of type "NAME" so, whenever it is started.
  static Agent agent(std::string name, Handler handler) {
    return {.name = name, .patterns = {name}, .start = [handler = std::move(handler)] { return handler; }};
  }

  void add(Agent agent) {
    const auto added = coordinator.add(std::move(agent));
    ASSERT_TRUE(added) << added.error().message;
  }
  void settle() { ASSERT_TRUE(coordinator.wait_until_idle(kPatience)); }

  Coordinator::AgentStatus status(const std::string& name) {
    for (auto& status : coordinator.agents())
      if (status.name == name) return status;
    ADD_FAILURE() << "no agent " << name;
    return {};
  }

  void note_dead(std::string_view why) {
    const std::lock_guard lock(mutex);
    dead.emplace_back(why);
  }

  std::mutex mutex;  // of what follows
  std::vector<std::string> dead;
  std::string seen;
  SignalBus bus;
  Coordinator coordinator{
      bus, {.threads = 4, .on_dead_letter = [this](const Signal&, std::string_view why) { note_dead(why); }}};
};

TEST_F(CoordinatorTest, an_agent_handles_its_signals_one_by_one_and_in_order) {
  std::atomic<int> at_once = 0;
  std::vector<std::string> ids;  // without a lock: only ever one thread at a time
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

TEST_F(CoordinatorTest, agents_that_wait_on_threads_of_their_own_keep_no_other_from_its_signals) {
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

TEST_F(CoordinatorTest, a_signal_that_comes_as_an_agent_runs_out_of_them_is_handled) {
  std::atomic<int> handled = 0;
  add(agent("a", [&](const Signal&) { ++handled; }));
  const auto last_moment = std::chrono::steady_clock::now() + kPatience;
  for (int i = 0; i < 10'000; ++i) {
    dispatch("a");
    while (handled <= i) ASSERT_LT(std::chrono::steady_clock::now(), last_moment) << "after " << i;
    for (std::atomic<int> pause = i % 100; pause > 0;) --pause;  // so that the next comes at any time of the turn's end
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

TEST_F(CoordinatorTest, an_agent_may_look_into_data_that_others_look_into) {
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

TEST_F(CoordinatorTest, what_nobody_wants_is_a_dead_letter) {
  dispatch("nothing");
  settle();
  EXPECT_EQ(coordinator.dead_letters(), 1U);
  EXPECT_EQ(dead, (std::vector<std::string>{"nobody wanted it"}));
}

TEST_F(CoordinatorTest, what_a_full_queue_loses_is_a_dead_letter) {
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

TEST_F(CoordinatorTest, removing_waits_for_the_handler_and_drops_what_waits) {
  std::promise<void> runs;
  std::promise<void> is_told;  // from now on it gets no signal
  std::atomic<bool> may_end = false, has_ended = false;
  auto busy = agent("a", [&](const Signal&) {
    EXPECT_FALSE(has_ended);  // it is called once
    runs.set_value();
    while (!may_end) std::this_thread::yield();
    has_ended = true;
  });
  busy.stop = [&] { is_told.set_value(); };
  add(std::move(busy));
  dispatch("a");
  dispatch("a");
  runs.get_future().wait();
  std::thread removing([&] {
    EXPECT_TRUE(coordinator.remove("a"));
    EXPECT_TRUE(has_ended);
  });
  is_told.get_future().wait();
  may_end = true;
  removing.join();
  EXPECT_FALSE(coordinator.remove("a"));
  EXPECT_EQ(bus.metrics().subscriptions, 1U);  // of dead letters
}

TEST_F(CoordinatorTest, an_agent_may_remove_itself_and_others_and_add_some) {
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

TEST_F(CoordinatorTest, a_name_is_taken_once_and_nonsense_is_refused) {
  add(agent("a", [](const Signal&) {}));
  EXPECT_FALSE(coordinator.add(agent("a", [](const Signal&) {})));
  EXPECT_THROW((void)coordinator.add({.name = "b", .patterns = {"b"}, .start = {}}), std::invalid_argument);
  EXPECT_THROW((void)coordinator.add(agent("b..c", [](const Signal&) {})), std::invalid_argument);
  EXPECT_EQ(coordinator.agents().size(), 1U);
}

TEST_F(CoordinatorTest, its_end_waits_for_handlers_and_nothing_is_called_after_it) {
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

TEST_F(CoordinatorTest, agents_come_and_go_while_signals_are_published) {
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

#include "net/timers.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/loop.hpp"
#include "net/virtual_clock.hpp"

namespace suzaku::net {
namespace {

using namespace std::chrono_literals;

/// The loop runs on the test's thread, and time passes when the test says so.
class TimersTest : public testing::Test {
 protected:
  Timers::Id note(Duration delay, const std::string& word) {
    return timers().after(delay, [this, word] { notes.push_back(word); });
  }
  void advance(Duration time) { clock.advance(loop, time); }
  Timers& timers() { return loop.timers(); }

  VirtualClock clock;
  Loop loop{clock};
  std::vector<std::string> notes;
};

TEST_F(TimersTest, fire_in_the_order_of_their_times) {
  note(20ms, "third");
  note(0ms, "first");
  note(10ms, "second");
  advance(30ms);
  EXPECT_EQ(notes, (std::vector<std::string>{"first", "second", "third"}));
}

TEST_F(TimersTest, do_not_fire_before_their_time) {
  note(25ms, "due");
  advance(25ms - 1ns);
  EXPECT_EQ(notes, std::vector<std::string>());
  advance(1ns);
  EXPECT_EQ(notes, std::vector<std::string>{"due"});
}

TEST_F(TimersTest, one_that_sets_the_next_is_followed_by_it_in_time) {
  std::vector<Duration> times;
  std::function<void()> tick = [&] {
    times.push_back(clock.now() - TimePoint());
    timers().after(2s, [&] { tick(); });
  };
  tick();
  advance(7s);
  EXPECT_EQ(times, (std::vector<Duration>{0s, 2s, 4s, 6s}));
  EXPECT_EQ(timers().next_due(), TimePoint(8s));
}

TEST(Timers, of_the_system_fire_after_their_time) {
  Loop loop;
  const TimePoint start = std::chrono::steady_clock::now();
  loop.timers().after(25ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_GE(std::chrono::steady_clock::now() - start, 25ms);
}

TEST_F(TimersTest, fire_once_and_not_when_they_were_cancelled) {
  note(1ms, "once");
  timers().cancel(note(2ms, "never"));
  timers().cancel(Timers::kNone);
  advance(20ms);
  EXPECT_EQ(notes, (std::vector<std::string>{"once"}));
}

TEST_F(TimersTest, may_be_cancelled_by_one_that_fires_before) {
  const Timers::Id later = timers().after(6ms, [this] { notes.emplace_back("never"); });
  timers().after(5ms, [this, later] { timers().cancel(later); });
  advance(15ms);
  EXPECT_TRUE(notes.empty());
}

TEST_F(TimersTest, cancelling_one_that_has_fired_does_nothing) {
  const Timers::Id fired = note(1ms, "fired");
  timers().after(2ms, [this, fired] {
    const Timers::Id other = note(1ms, "other");
    timers().cancel(fired);
    EXPECT_NE(other, fired);
  });
  advance(1s);
  EXPECT_EQ(notes, (std::vector<std::string>{"fired", "other"}));
}

TEST_F(TimersTest, set_while_others_wait_fire_first_when_they_are_due_first) {
  note(1h, "late");
  timers().after(1ms, [this] { note(1ms, "early"); });
  advance(1s);
  EXPECT_EQ(notes, (std::vector<std::string>{"early"}));
}

TEST_F(TimersTest, go_on_after_a_task_that_throws) {
  timers().after(1ms, [] { throw std::runtime_error("from a timer, on purpose"); });
  note(2ms, "next");
  advance(10ms);
  EXPECT_EQ(notes, (std::vector<std::string>{"next"}));
}

TEST_F(TimersTest, many_of_which_most_are_cancelled_leave_the_others_alone) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same test every time
  std::vector<Timers::Id> cancelled;
  std::vector<std::pair<int, int>> expected;
  std::vector<std::pair<int, int>> fired;
  for (int i = 0; i < 2000; ++i) {
    const int ms = static_cast<int>(random() % 20);
    const Timers::Id id = timers().after(std::chrono::milliseconds(ms), [&fired, ms, i] { fired.emplace_back(ms, i); });
    if (random() % 10 == 0) {
      expected.emplace_back(ms, i);
    } else {
      cancelled.push_back(id);
    }
  }
  std::ranges::shuffle(cancelled, random);
  for (const Timers::Id id : cancelled) timers().cancel(id);
  advance(100ms);
  std::ranges::sort(fired);
  std::ranges::sort(expected);
  EXPECT_EQ(fired, expected);
}

TEST_F(TimersTest, what_never_fires_is_destroyed_with_the_loop) {
  const auto owned = std::make_shared<int>(1);
  {
    Loop other;
    other.timers().after(1h, [owned] {});
    EXPECT_EQ(owned.use_count(), 2);
  }
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace suzaku::net

#include "net/loop.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/loop_thread.hpp"
#include "net/virtual_clock.hpp"

namespace suzaku::net {
namespace {

using test::LoopThread;
using Notes = std::vector<std::string>;

struct NotingHook final : Loop::Hook {
  explicit NotingHook(std::function<void()> work) : work_(std::move(work)) {}
  void on_turn_end() override { work_(); }
  std::function<void()> work_;
};

/// Notes its end.
struct Mortal {
  explicit Mortal(Notes& notes) : notes_(notes) {}
  ~Mortal() { notes_.emplace_back("destroyed"); }
  Mortal(const Mortal&) = delete;
  Mortal& operator=(const Mortal&) = delete;
  Notes& notes_;
};

TEST(Loop, runs_what_is_posted_on_its_own_thread) {
  LoopThread thread;
  EXPECT_FALSE(thread.loop().in_this_thread());
  bool inside = false;
  thread.run([&] { inside = thread.loop().in_this_thread(); });
  EXPECT_TRUE(inside);
}

TEST(Loop, tasks_of_one_thread_run_in_the_order_they_were_posted) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 2000;
  std::vector<std::vector<int>> seen(kThreads);
  LoopThread loop;
  std::vector<std::thread> posters;
  for (std::size_t poster = 0; poster < kThreads; ++poster)
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kTasks; ++i) loop.loop().post([&seen, poster, i] { seen[poster].push_back(i); });
    });
  for (std::thread& poster : posters) poster.join();
  loop.settle();
  for (const auto& numbers : seen) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(kTasks));
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
  }
}

TEST(Loop, a_task_that_posts_is_followed_by_what_it_posted) {
  Loop loop;
  Notes notes;
  loop.post([&] {
    loop.post([&] {
      notes.emplace_back("inner");
      loop.stop();
    });
    notes.emplace_back("outer");
  });
  loop.run();
  EXPECT_EQ(notes, (Notes{"outer", "inner"}));
}

/// Posts a task each time its socket can be written to.
struct PostingWatcher final : Poller::Watcher {
  explicit PostingWatcher(std::function<void()> work) : work_(std::move(work)) {}
  void on_ready(bool, bool) override { work_(); }
  std::function<void()> work_;
};

TEST(Loop, a_task_that_was_posted_while_sockets_were_served_may_post_another) {
  std::array<int, 2> sockets{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets.data()), 0);
  std::promise<void> posted_twice;
  LoopThread thread;
  Loop& loop = thread.loop();
  PostingWatcher watcher([&] {
    loop.poller().remove(sockets[0]);  // no further socket will wake the loop
    loop.post([&] { loop.post([&] { posted_twice.set_value(); }); });
  });
  thread.run([&] { loop.poller().add(sockets[0], watcher, false, true); });
  EXPECT_EQ(posted_twice.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  for (const int socket : sockets) ::close(socket);
}

/// A backlog cuts no client that reads: what one piece of it has written leaves before the next one is worked off.
TEST(Loop, ends_its_turn_between_tasks_that_hold_much) {
  constexpr std::size_t kMuch = 1 << 20;
  Loop loop;
  Notes notes;
  NotingHook flush([&] { notes.emplace_back("flush"); });
  const auto write = [&] {
    notes.emplace_back("write");
    loop.at_turn_end(Loop::Phase::flush, flush);
  };
  for (int i = 0; i < 2; ++i) loop.post(write, kMuch);
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(notes, (Notes{"write", "flush", "write", "flush"}));
}

TEST(Loop, goes_on_after_a_task_that_throws) {
  LoopThread thread;
  thread.loop().post([] { throw std::runtime_error("from a task, on purpose"); });
  thread.loop().post([&] { thread.loop().defer([] { throw 7; }); });
  bool ran = false;
  thread.settle();
  thread.run([&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(Loop, drops_what_is_posted_after_its_end_without_running_it) {
  const auto owned = std::make_shared<int>(0);
  {
    Loop loop;
    loop.stop();
    loop.run();
    loop.post([owned] { ++*owned; });
  }
  EXPECT_EQ(*owned, 0);
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Loop, a_turn_ends_with_the_hooks_that_work_and_then_those_that_flush) {
  LoopThread thread;
  Loop& loop = thread.loop();
  Notes notes;
  NotingHook flush([&] { notes.emplace_back("flush"); });
  NotingHook work([&] {
    notes.emplace_back("work");
    loop.at_turn_end(Loop::Phase::flush, flush);
  });
  NotingHook first_flush([&] { notes.emplace_back("first flush"); });
  thread.run([&] {
    loop.at_turn_end(Loop::Phase::flush, first_flush);
    loop.at_turn_end(Loop::Phase::work, work);
    notes.emplace_back("turn");
  });
  thread.run([&] { loop.defer([] {}); });
  thread.settle();
  EXPECT_EQ(notes, (Notes{"turn", "work", "first flush", "flush"}));
}

TEST(Loop, a_hook_is_called_once_for_each_time_that_it_asked) {
  LoopThread thread;
  int calls = 0;
  NotingHook hook([&] {
    if (++calls < 3) thread.loop().at_turn_end(Loop::Phase::work, hook);
  });
  thread.run([&] { thread.loop().at_turn_end(Loop::Phase::work, hook); });
  for (int turns = 0; turns < 5; ++turns) thread.settle();
  EXPECT_EQ(calls, 3);
}

TEST(Loop, a_hook_that_was_forgotten_is_not_called) {
  LoopThread thread;
  Loop& loop = thread.loop();
  int calls = 0;
  NotingHook forgotten([&] { ++calls; });
  NotingHook forgetter([&] { loop.forget(forgotten); });
  thread.run([&] {
    loop.at_turn_end(Loop::Phase::work, forgetter);
    loop.at_turn_end(Loop::Phase::work, forgotten);  // forgotten while the hooks run
    loop.at_turn_end(Loop::Phase::flush, forgotten);
  });
  thread.settle();
  thread.settle();
  EXPECT_EQ(calls, 0);
}

TEST(Loop, the_other_hooks_run_when_one_throws) {
  LoopThread thread;
  bool ran = false;
  NotingHook throws([] { throw std::runtime_error("from a hook, on purpose"); });
  NotingHook next([&] { ran = true; });
  thread.run([&] {
    thread.loop().at_turn_end(Loop::Phase::work, throws);
    thread.loop().at_turn_end(Loop::Phase::work, next);
  });
  thread.settle();
  thread.settle();
  EXPECT_TRUE(ran);
}

TEST(Loop, what_is_disposed_of_lives_until_everything_of_this_turn_has_run) {
  LoopThread thread;
  Loop& loop = thread.loop();
  Notes notes;
  NotingHook hook([&] { notes.emplace_back("turn end"); });
  thread.run([&] {
    loop.at_turn_end(Loop::Phase::flush, hook);
    loop.dispose(std::make_unique<Mortal>(notes));
    notes.emplace_back("disposed");
  });
  thread.run([&] { loop.defer([] {}); });
  thread.settle();
  EXPECT_EQ(notes, (Notes{"disposed", "turn end", "destroyed"}));
}

TEST(Loop, what_is_disposed_of_is_destroyed_before_the_loop_ends) {
  Loop loop;
  Notes notes;
  loop.post([&] {
    loop.dispose(std::make_unique<Mortal>(notes));
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(notes, (Notes{"destroyed"}));
}

TEST(Loop, in_virtual_time_runs_what_is_ready_and_returns) {
  const VirtualClock clock;
  Loop loop(clock);
  Notes notes;
  loop.timers().after(std::chrono::seconds(1), [&] { notes.emplace_back("too early"); });
  loop.post([&] {
    notes.emplace_back("posted");
    loop.timers().after({}, [&] { notes.emplace_back("timer"); });
    loop.defer([&] { notes.emplace_back("deferred"); });
  });
  loop.run_ready();
  std::ranges::sort(notes);
  EXPECT_EQ(notes, (Notes{"deferred", "posted", "timer"}));
  EXPECT_TRUE(loop.in_this_thread());
}

TEST(Loop, in_virtual_time_complains_of_work_without_end) {
  Loop loop;
  std::function<void()> again = [&] { loop.post([&] { again(); }); };
  again();
  EXPECT_THROW(loop.run_ready(), std::logic_error);
}

TEST(Loop, tells_of_lines_that_were_left_out_when_a_second_has_passed) {
  VirtualClock clock;
  Loop loop(clock);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 15; ++i) loop.limited_log().warning("refused {}", i);
  clock.advance(loop, std::chrono::milliseconds(999));
  EXPECT_EQ(testing::internal::GetCapturedStderr().find("left out"), std::string::npos);
  testing::internal::CaptureStderr();
  clock.advance(loop, std::chrono::milliseconds(1));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("5 more lines like this were left out: refused {}"),
            std::string::npos);
}

TEST(Loop, that_has_ended_has_no_thread) {
  Loop loop;
  loop.stop();
  loop.run();
  EXPECT_FALSE(loop.in_this_thread());
}

}  // namespace
}  // namespace suzaku::net

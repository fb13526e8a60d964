#include "client/callback_backlog.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace suzaku::client {
namespace {

TEST(CallbackBacklog, is_full_at_its_count_until_half_of_it_is_free) {
  CallbackBacklog backlog(4, 1'000);
  for (int i = 0; i < 3; ++i) backlog.add(1);
  EXPECT_TRUE(backlog.has_room());
  backlog.add(1);
  EXPECT_FALSE(backlog.has_room());
  EXPECT_TRUE(backlog.is_full());
  EXPECT_FALSE(backlog.remove(1));
  EXPECT_FALSE(backlog.has_room());
  EXPECT_TRUE(backlog.remove(1));
  EXPECT_TRUE(backlog.has_room());
  EXPECT_FALSE(backlog.remove(1)) << "it was not full";
}

TEST(CallbackBacklog, is_full_at_its_bytes_until_half_of_them_are_free) {
  CallbackBacklog backlog(100, 1'000);
  backlog.add(400);
  backlog.add(599);
  EXPECT_TRUE(backlog.has_room());
  backlog.add(1);
  EXPECT_FALSE(backlog.has_room());
  EXPECT_FALSE(backlog.remove(400));
  EXPECT_TRUE(backlog.remove(599));
  EXPECT_TRUE(backlog.has_room());
}

TEST(CallbackBacklog, has_room_again_after_one_thing_that_is_too_large) {
  CallbackBacklog backlog(1, 10);
  backlog.add(1'000'000);
  EXPECT_FALSE(backlog.has_room());
  EXPECT_TRUE(backlog.remove(1'000'000));
  EXPECT_TRUE(backlog.has_room());
}

TEST(CallbackBacklog, never_misses_the_notification_of_room) {
  CallbackBacklog backlog(2, 100);
  constexpr int kAll = 100'000;
  std::atomic<int> added{0};
  std::atomic<int> notified{0};
  std::thread remover([&] {
    for (int removed = 0; removed < kAll; ++removed) {
      while (added.load() <= removed) std::this_thread::yield();
      if (backlog.remove(1)) ++notified;
    }
  });
  int waits = 0;
  for (int i = 0; i < kAll; ++i) {
    backlog.add(1);
    ++added;
    if (backlog.has_room()) continue;
    ++waits;
    while (notified.load() < waits) std::this_thread::yield();
  }
  remover.join();
  EXPECT_EQ(notified.load(), waits);
}

}  // namespace
}  // namespace suzaku::client

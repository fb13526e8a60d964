#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Pushes that wait for room in the buffer: on threads of their own, by a real clock.
class WaitingForRoom : public ClientTest {
 protected:
  WaitingForRoom() {
    room.join();
    first = room.push("first", {}, {.timeout = 24h});
    server.run();
  }
  /// There is room for it after a while.
  Push push_late(std::chrono::milliseconds timeout) {
    std::promise<void> begun;
    auto push = std::async(std::launch::async, [&] {
      begun.set_value();
      return room.push("second", {}, {.timeout = timeout});
    });
    begun.get_future().wait();
    std::this_thread::sleep_for(100ms);  // the test is about this time
    first->cancel();
    server.run();
    return push.get();
  }

  Socket narrow{"ws://test/socket", server.options({.max_buffered = 1, .overflow = Overflow::block})};
  Channel room = narrow.channel("room:1");
  std::optional<Push> first;
};

TEST_F(WaitingForRoom, is_a_part_of_the_time_of_a_push) {
  const Push push = push_late(1h);
  server.advance(1h - 50ms);
  EXPECT_EQ(server.reply_of(push).outcome, Outcome::timeout);
}

TEST_F(WaitingForRoom, may_last_longer_than_a_clock_can_count) {
  const Push push = push_late(std::chrono::milliseconds::max());
  server.run();
  EXPECT_EQ(room.buffered(), 1u);
  EXPECT_FALSE(push.try_get());
}

}  // namespace
}  // namespace suzaku::client

// More pushes than may wait.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

constexpr std::size_t kRoom = 100;
constexpr int kPushes = 1'000;

SocketOptions narrow_options(Overflow overflow) {
  SocketOptions options = quick_options();
  options.max_buffered = kRoom;
  options.overflow = overflow;
  return options;
}

class FullBuffer : public testing::Test {
 protected:
  /// Pushes that have no connection to go to.
  static std::vector<Push> push_many(Channel& channel) {
    std::vector<Push> pushes;
    for (int i = 0; i < kPushes; ++i) pushes.push_back(channel.push("shout", {{"i", i}}));
    return pushes;
  }
  /// The numbers of the shouts that were heard.
  static std::vector<std::int64_t> hear(EventStream& shouts, std::size_t count) {
    std::vector<std::int64_t> numbers;
    while (numbers.size() < count)
      numbers.push_back(shouts.next().get_for(kSoon).value().payload.json().at("i").to_number<std::int64_t>());
    return numbers;
  }
  static std::vector<std::int64_t> numbers(std::int64_t first, std::int64_t end) {
    std::vector<std::int64_t> all;
    for (; first < end; ++first) all.push_back(first);
    return all;
  }

  ServerProcess server_;
};

TEST_F(FullBuffer, refuses_the_newest) {
  Socket socket(server_.url(), narrow_options(Overflow::fail));
  Channel room = socket.channel("room:1");
  EventStream shouts = room.events("shout", kPushes);
  room.join();
  const auto pushes = push_many(room);
  for (std::size_t i = kRoom; i < pushes.size(); ++i) EXPECT_EQ(end_of(pushes[i]).outcome, Outcome::buffer_full);
  EXPECT_EQ(room.buffered(), kRoom);
  socket.connect();
  for (std::size_t i = 0; i < kRoom; ++i) ok(pushes[i]);
  EXPECT_EQ(hear(shouts, kRoom), numbers(0, kRoom));
  EXPECT_EQ(socket.metrics().pushes_buffer_full, kPushes - kRoom);
}

TEST_F(FullBuffer, drops_the_oldest) {
  Socket socket(server_.url(), narrow_options(Overflow::drop_oldest));
  Channel room = socket.channel("room:1");
  EventStream shouts = room.events("shout", kPushes);
  room.join();
  const auto pushes = push_many(room);
  for (std::size_t i = 0; i < kPushes - kRoom; ++i) {
    const Reply reply = end_of(pushes[i]);
    EXPECT_EQ(reply.outcome, Outcome::buffer_full);
    EXPECT_FALSE(reply.was_sent);
  }
  socket.connect();
  for (std::size_t i = kPushes - kRoom; i < kPushes; ++i) ok(pushes[i]);
  EXPECT_EQ(hear(shouts, kRoom), numbers(kPushes - kRoom, kPushes));
  EXPECT_EQ(socket.metrics().pushes_buffer_full, kPushes - kRoom);
}

TEST_F(FullBuffer, makes_the_pusher_wait_until_there_is_room) {
  Socket socket(server_.url(), narrow_options(Overflow::block));
  Channel room = socket.channel("room:1");
  EventStream shouts = room.events("shout", kPushes);
  room.join();
  std::atomic<std::size_t> pushed{0};
  std::vector<Push> pushes;
  std::thread pusher([&] {
    for (int i = 0; i < kPushes; ++i) {
      pushes.push_back(room.push("shout", {{"i", i}}));
      ++pushed;
    }
  });
  await([&] { return room.buffered() == kRoom; });
  EXPECT_EQ(pushed, kRoom);  // the next one is refused: no thread could make room
  socket.connect();
  pusher.join();
  for (const Push& push : pushes) ok(push);
  EXPECT_EQ(hear(shouts, kPushes), numbers(0, kPushes));
  EXPECT_EQ(socket.metrics().pushes_buffer_full, 0U);
}

TEST_F(FullBuffer, makes_several_pushers_wait) {
  Socket socket(server_.url(), narrow_options(Overflow::block));
  Channel room = socket.channel("room:1");
  room.join();
  std::atomic<int> good{0};
  std::vector<std::thread> pushers;
  for (int t = 0; t < 4; ++t) {
    pushers.emplace_back([&, room]() mutable {
      std::vector<Push> pushes;
      for (int i = 0; i < kPushes; ++i) pushes.push_back(room.push("echo"));
      for (const Push& push : pushes) good += push.get().ok() ? 1 : 0;
    });
  }
  await([&] { return room.buffered() >= kRoom; });
  socket.connect();
  for (auto& pusher : pushers) pusher.join();
  EXPECT_EQ(good, 4 * kPushes);
}

TEST_F(FullBuffer, makes_the_pusher_wait_only_as_long_as_the_push_may_take) {
  Socket socket(server_.url(), narrow_options(Overflow::block));
  Channel room = socket.channel("room:1");
  room.join();
  for (std::size_t i = 0; i < kRoom; ++i) room.push("echo");
  const Reply reply = end_of(room.push("echo", {}, {.timeout = 10ms}));
  EXPECT_EQ(reply.outcome, Outcome::buffer_full);
  EXPECT_FALSE(reply.was_sent);
}

TEST_F(FullBuffer, lets_the_pusher_go_when_the_channel_is_left_or_the_socket_destroyed) {
  for (const bool by_leave : {true, false}) {
    auto socket = std::make_unique<Socket>(server_.url(), narrow_options(Overflow::block));
    Channel room = socket->channel("room:1");
    room.join();
    for (std::size_t i = 0; i < kRoom; ++i) room.push("echo", {}, {.timeout = kNever});
    test::Inbox<Outcome> outcomes;
    std::thread pusher([&] { outcomes.add(room.push("echo", {}, {.timeout = kNever}).get().outcome); });
    await([&] { return room.buffered() == kRoom; });
    std::this_thread::sleep_for(5ms);  // it waits by now most likely; if not, the test covers less
    if (by_leave) {
      room.leave();
    } else {
      socket.reset();
    }
    EXPECT_EQ(outcomes.next(), Outcome::closed);
    pusher.join();
  }
}

TEST_F(FullBuffer, never_blocks_the_client_s_own_thread) {
  Socket socket(server_.url(), narrow_options(Overflow::block));
  Channel room = socket.channel("room:1");
  test::Inbox<Outcome> outcomes;
  room.join();
  for (std::size_t i = 0; i < kRoom; ++i) room.push("echo", {}, {.timeout = kNever});
  await([&] { return room.buffered() == kRoom; });
  socket.ping().then([&](const Reply&) {
    room.push("echo", {}, {.timeout = kNever}).then([&](const Reply& reply) { outcomes.add(reply.outcome); });
  });
  EXPECT_EQ(outcomes.next(), Outcome::buffer_full);
}

}  // namespace
}  // namespace suzaku::client::real

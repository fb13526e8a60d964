// Channels that have more to push than their client reads.

#include <algorithm>
#include <atomic>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::size_t kAll = 64 * kMegabyte;

/// A channel that pushes `kAll` bytes as it has room.
class RoomTest : public ServerTest {
 protected:
  RoomTest() {
    script.handle_in = [this](ScriptedChannel& channel, std::string_view event, const Payload&) {
      if (event == "download") push_on(channel);
      return channel.reply_ok();
    };
    script.handle_room = [this](ScriptedChannel& channel) {
      ++rooms;
      push_on(channel);
    };
  }
  void push_on(ScriptedChannel& channel) {
    for (std::size_t room = channel.room(); room > 0 && sent < kAll; room = channel.room()) {
      largest_queue = std::max<std::size_t>(largest_queue, kRoom - room);
      const std::size_t size = std::min({room - kHead, kChunk, kAll - sent});
      EXPECT_TRUE(channel.push("chunk", Payload::binary(std::string(size, 'x'))));
      sent += size;
    }
  }

  static constexpr std::size_t kRoom = 128 * 1024;
  static constexpr std::size_t kHead = 64;  // of a frame, with its topic and event
  std::atomic<std::size_t> sent = 0;
  std::atomic<int> rooms = 0;
  std::atomic<std::size_t> largest_queue = 0;
};

TEST_F(RoomTest, keep_little_waiting_for_a_slow_reader_and_get_everything_through) {
  endpoint_options.max_queued_bytes = 2 * kRoom;  // more would end the connection
  serve();
  WebSocketClient slow = joined("room:a");
  slow.push("1", "2", "room:a", "download");
  std::size_t received = 0;
  while (received < kAll) {
    const Received frame = slow.next();
    ASSERT_TRUE(frame.kind == Received::Kind::binary || frame.kind == Received::Kind::text) << received;
    if (frame.kind == Received::Kind::binary) received += frame.payload.size() - frame.payload.find("chunk") - 5;
  }
  EXPECT_EQ(received, kAll);
  EXPECT_GT(rooms, 10);
  EXPECT_LE(largest_queue, kRoom);
  EXPECT_EQ(endpoint().stats().slow_consumers, 0u);
}

TEST_F(RoomTest, others_are_served_meanwhile) {
  serve();
  WebSocketClient slow = joined("room:a");
  slow.push("1", "2", "room:a", "download");
  await([&] { return sent > kRoom; }, "first part");  // and then nobody reads
  WebSocketClient other = joined("room:b");
  for (int i = 0; i < 100; ++i) {
    other.push("1", "2", "room:b", "ev");
    EXPECT_EQ(next_json(other).at(4).at("status"), "ok");
  }
  EXPECT_LT(sent, kAll);
}

TEST_F(RoomTest, comes_once_and_only_to_who_had_none) {
  std::atomic<int> b = 0;
  script.handle_room = [&](ScriptedChannel& channel) { ++(channel.topic() == "room:a" ? rooms : b); };
  script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload&) {
    if (event == "fill")
      while (channel.room() > 0) channel.push("chunk", Payload::binary(std::string(kChunk, 'x')));
    return channel.reply_ok();
  };
  serve();
  WebSocketClient client = joined("room:a");
  client.join("room:b");
  client.push("1", "2", "room:a", "fill");
  for (Received frame = client.next(); frame.kind != Received::Kind::text; frame = client.next()) {
  }
  await([&] { return rooms == 1; }, "room");
  expect_nothing_waits(client);
  EXPECT_EQ(rooms, 1);
  EXPECT_EQ(b, 0);
}

TEST_F(RoomTest, push_says_that_it_did_not_queue) {
  std::atomic<bool> v1 = true;
  script.handle_in = [&](ScriptedChannel& channel, std::string_view, const Payload&) {
    v1 = channel.push("bytes", Payload::binary("x"));
    return channel.reply_ok();
  };
  serve();
  WebSocketClient client = connect("/socket/websocket");
  client.text(R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1","join_ref":"1"})");
  client.next_text();
  client.text(R"({"topic":"room:a","event":"ev","payload":{},"ref":"2","join_ref":"1"})");
  client.next_text();
  EXPECT_FALSE(v1) << "serializer V1 has no binary frames";
}

TEST_F(RoomTest, push_says_that_too_much_waits) {
  endpoint_options.max_queued_bytes = kMegabyte;
  std::atomic<int> queued = 0;
  script.handle_in = [&](ScriptedChannel& channel, std::string_view, const Payload&) {
    while (channel.push("chunk", Payload::binary(std::string(kChunk, 'x')))) ++queued;
    return channel.no_reply();
  };
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "ev");
  await([&] { return endpoint().stats().slow_consumers == 1; }, "end of the slow consumer");
  EXPECT_GT(queued, 10);
}

}  // namespace
}  // namespace suzaku::test

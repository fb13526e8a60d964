#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/testing/kit_test.hpp"

namespace suzaku::client {
namespace {

using TestWire = KitTest;

TEST_F(TestWire, heartbeats_are_answered_unless_the_test_wants_them) {
  const testing::Connection connection = connect();
  server.advance(5min);
  EXPECT_TRUE(connection.is_open());
  connection.expect_nothing();
  EXPECT_THROW(connection.expect_heartbeat(), std::logic_error);
  connection.answer_heartbeats(false);
  server.advance(30s);
  connection.expect_heartbeat().reply_ok();
  server.advance(30s);
  connection.expect_heartbeat();
  server.advance(10s);
  EXPECT_EQ(connection.expect_close().code, 1006);
}

TEST_F(TestWire, a_stalled_network_keeps_what_the_client_sends) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  connection.stall();
  room.push("shout", {{"body", std::string(1'000, 'x')}});
  connection.refute_push("room:1", "shout");
  EXPECT_GT(connection.stalled(), 1'000u);
  connection.drain();
  EXPECT_EQ(connection.stalled(), 0u);
  connection.expect_push("room:1", "shout");
}

TEST_F(TestWire, a_client_waits_when_the_network_takes_no_more_and_goes_on_when_it_is_drained) {
  Socket small{"ws://test/socket", server.options({.max_unsent = 100})};
  small.connect();
  const testing::Connection connection = server.accept();
  Channel room = small.channel("room:1");
  room.join();
  connection.expect_join("room:1").reply_ok();
  connection.stall();
  for (int i = 0; i < 10; ++i) room.push("shout", {{"n", i}, {"body", std::string(40, 'x')}});
  server.run();
  EXPECT_EQ(room.buffered(), 8u);
  connection.drain();
  EXPECT_EQ(room.buffered(), 0u);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(connection.expect_frame().payload().json().at("n").as_int64(), i);
}

TEST_F(TestWire, a_close_on_a_stalled_network_is_not_waited_for_for_ever) {
  const testing::Connection connection = connect();
  connection.stall();
  const Push disconnect = socket.disconnect();
  server.advance(2'999ms);
  EXPECT_FALSE(disconnect.try_get());
  server.advance(1ms);
  EXPECT_TRUE(server.reply_of(disconnect).ok());
  EXPECT_EQ(connection.expect_close().code, 1006);
}

TEST_F(TestWire, a_close_waits_for_what_is_drained) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  connection.stall();
  room.push("last");
  socket.disconnect(1000, "bye");
  server.run();
  connection.drain();
  connection.expect_push("room:1", "last");
  EXPECT_EQ(connection.expect_close().reason, "bye");
}

TEST_F(TestWire, bytes_travel_in_binary_frames) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::string heard;
  room.on("blob", [&](const Message& message) { heard = message.payload.raw(); });
  connection.push("room:1", "blob", Payload::binary(std::string("\0\1", 2)));
  EXPECT_EQ(heard, std::string("\0\1", 2));
  const Push push = room.push("blob", Payload::binary("\xff"));
  const testing::Request blob = connection.expect_push("room:1", "blob", Payload::binary("\xff"));
  EXPECT_TRUE(blob.is_binary());
  EXPECT_EQ(blob.raw()[0], '\0');
  blob.reply_ok(Payload::binary("yes"));
  EXPECT_EQ(server.reply_of(push).response.raw(), "yes");
}

TEST_F(TestWire, the_old_serializer_is_spoken_too) {
  Socket old{"ws://test/socket", server.options({.vsn = 1})};
  old.connect();
  const testing::Connection connection = server.accept();
  Channel room = old.channel("room:1");
  const Push join = room.join();
  const testing::Join joined = connection.expect_join("room:1");
  EXPECT_EQ(joined.raw()[0], '{');
  joined.reply_ok();
  EXPECT_TRUE(server.reply_of(join).ok());
  int heard = 0;
  room.on("news", [&](const Message&) { ++heard; });
  connection.push("room:1", "news");
  EXPECT_EQ(heard, 1);
  connection.close_channel("room:1");
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(TestWire, a_serializer_of_the_users_own_is_seen_as_it_is_and_has_64_bytes_behind_each_frame) {
  struct Lines final : Serializer {
    std::string_view vsn() const noexcept override { return "lines"; }
    bool encode(const Outgoing& message, std::string& out) override {
      out.append(message.topic).append(" ").append(message.event);
      return false;
    }
    Result<Incoming> decode(std::string_view frame, bool) override {
      for (std::size_t i = 0; i < 64; ++i) behind += static_cast<unsigned char>(frame.data()[frame.size() + i]);
      Incoming message;
      message.topic = frame;
      message.event = "line";
      return message;
    }
    unsigned behind = 0;
  };
  const auto lines = std::make_shared<Lines>();
  Socket own{"ws://test/socket", server.options({.serializer = lines})};
  std::string heard;
  own.on_message([&](const Message& message) { heard = message.topic; });
  own.connect();
  const testing::Connection connection = server.accept();
  own.channel("room:1").join();
  EXPECT_EQ(connection.expect_frame().raw(), "room:1 phx_join");
  connection.send_text("hello");
  EXPECT_EQ(heard, "hello");
  EXPECT_GT(lines->behind, 0u);
}

TEST_F(TestWire, anything_at_all_can_be_sent) {
  const testing::Connection connection = connect();
  std::vector<Disconnect::Kind> kinds;
  socket.on_close([&](const Disconnect& reason) { kinds.push_back(reason.kind); });
  connection.send_text("[1,");
  EXPECT_EQ(kinds, std::vector{Disconnect::Kind::protocol_error});
  server.advance(10s);
  server.accept().send_binary("\x09");
  EXPECT_EQ(kinds.size(), 2u);
}

TEST_F(TestWire, what_an_earlier_join_sends_is_stale) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  room.join();
  const testing::Join first = connection.expect_join("room:1");
  first.reply_ok();
  first.crash();
  server.advance(2s);
  const testing::Join second = connection.expect_join("room:1");
  second.reply_ok();
  int heard = 0;
  room.on("news", [&](const Message&) { ++heard; });
  first.push("news");
  EXPECT_EQ(heard, 0);
  second.push("news");
  EXPECT_EQ(heard, 1);
  first.close();
  EXPECT_EQ(room.state(), Channel::State::joined);
  second.close({{"why", "over"}});
  EXPECT_EQ(room.state(), Channel::State::closed);
}

TEST_F(TestWire, a_channel_can_crash) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  connection.crash("room:1");
  EXPECT_EQ(room.state(), Channel::State::errored);
}

}  // namespace
}  // namespace suzaku::client

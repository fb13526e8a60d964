#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

namespace phoenix = signals::phoenix;

class MessageRouter : public ::testing::Test {
 protected:
  signals::SignalBus bus;
  signals::Subscription connection = bus.subscribe("suzaku.backend");
  signals::Subscription channel = bus.subscribe("suzaku.backend.room_lobby");
  signals::Subscription type = bus.subscribe_type("suzaku.backend.room_lobby.shout");
};

TEST_F(MessageRouter, makes_one_signal_of_a_message_for_connection_channel_and_type) {
  EXPECT_TRUE(route_message(bus, "backend", "room:lobby", "shout", {{"body", "hi"}}, MessageKind::push));
  const auto signal = connection.take();
  ASSERT_TRUE(signal);
  EXPECT_EQ(channel.take(), signal);
  EXPECT_EQ(type.take(), signal);
  EXPECT_EQ(connection.waiting() + channel.waiting() + type.waiting(), 0u);

  EXPECT_EQ(signal->type, "suzaku.backend.room_lobby.shout");
  EXPECT_EQ(signal->source, "/suzaku/backend");
  EXPECT_EQ(signal->connection, "backend");
  EXPECT_EQ(signal->phoenixtopic, "room:lobby");
  EXPECT_EQ(signal->phoenixevent, "shout");
  EXPECT_EQ(signal->phoenixkind, "push");
  EXPECT_EQ(signal->data.raw(), R"({"body":"hi"})");
}

TEST_F(MessageRouter, makes_none_of_what_no_filter_fits) {
  const std::vector<signals::Filter> filters = {{.topic = "room:lobby", .event = "joined"}, {.topic = "user:*"}};
  EXPECT_FALSE(route_message(bus, "backend", "room:lobby", "shout", {}, MessageKind::broadcast, filters));
  EXPECT_FALSE(connection.take());
  EXPECT_FALSE(type.take());
  EXPECT_TRUE(route_message(bus, "backend", "room:lobby", "joined", {}, MessageKind::broadcast, filters));
  EXPECT_TRUE(connection.take());
}

TEST_F(MessageRouter, publishes_the_events_of_a_connection_to_its_topic) {
  auto connected = bus.subscribe_type("suzaku.connection.connected");
  route_connection_event(bus, "backend", phoenix::connection_connected("backend"));
  EXPECT_TRUE(connection.take());
  EXPECT_TRUE(connected.take());
  EXPECT_FALSE(channel.take());
}

TEST_F(MessageRouter, publishes_the_events_of_a_channel_to_its_topic_too) {
  auto left = bus.subscribe_type("suzaku.channel.left");
  route_channel_event(bus, "backend", phoenix::channel_left("backend", "room:lobby"));
  EXPECT_TRUE(connection.take());
  EXPECT_TRUE(channel.take());
  EXPECT_TRUE(left.take());
}

}  // namespace
}  // namespace suzaku::bridge

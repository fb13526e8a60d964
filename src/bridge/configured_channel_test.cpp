// Channels of a connection's options, which are to be joined as long as nobody leaves them.
#include <string>

#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

class ConfiguredChannel : public BridgeTest {};

TEST_F(ConfiguredChannel, is_joined_again_when_the_server_has_closed_it) {
  auto given = options();
  given.auto_join_channels = {{.topic = "room:1", .params = {{"key", "value"}}}};
  given.rejoin_after = {100ms, 500ms};
  Connection connection(bus, given);
  const kit::Connection wire = accept({"room:1"});
  types();
  for (const auto delay : {100ms, 500ms, 500ms}) {
    wire.close_channel("room:1");
    EXPECT_EQ(types(), (Types{"channel.closed", "channel.error"}));
    EXPECT_EQ(connection.status(), Status::connected);
    EXPECT_EQ(connection.list_channels(), Types{});
    const Json channel = connection.health().at("channels").at(0);
    EXPECT_EQ(channel.at("state"), "errored");
    EXPECT_EQ(channel.at("last_error"), Json("the server has closed the channel; it is joined again in " +
                                             std::to_string(delay.count()) + " ms"));
    EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::joining);
    server.advance(delay - 1ms);
    wire.refute_join("room:1");
    server.advance(1ms);
    wire.expect_join("room:1", {{"key", "value"}}).reply_ok();
    EXPECT_EQ(types(), Types{"channel.joined"});
  }
  server.advance(10s);  // it is stable
  wire.close_channel("room:1");
  server.advance(100ms);
  wire.expect_join("room:1").close();  // without an answer
  server.advance(500ms);
  wire.expect_join("room:1").reply_ok();
  EXPECT_EQ(connection.list_channels(), Types{"room:1"});
}

TEST_F(ConfiguredChannel, that_is_closed_is_joined_with_the_next_connection) {
  auto given = options();
  given.auto_join_channels = {{.topic = "room:1"}};
  const Connection connection(bus, given);
  const kit::Connection wire = accept({"room:1"});
  wire.close_channel("room:1");
  wire.lose();
  server.advance(1s);
  accept({"room:1"});
  EXPECT_EQ(connection.list_channels(), Types{"room:1"});
}

TEST_F(ConfiguredChannel, stays_left_when_it_was_left) {
  auto given = options();
  given.auto_join_channels = {{.topic = "room:1"}, {.topic = "room:2"}};
  Connection connection(bus, given);
  const kit::Connection wire = accept({"room:1", "room:2"});
  connection.leave_channel("room:1");
  wire.expect_leave("room:1").reply_ok();
  wire.close_channel("room:2");
  EXPECT_TRUE(server.reply_of((server.run(), connection.leave_channel("room:2"))).ok());
  EXPECT_EQ(connection.health().at("channels").as_array().size(), 0u);
  server.advance(1h);
  wire.refute_join("room:1");
  wire.refute_join("room:2");
  wire.lose();
  server.advance(1s);
  const kit::Connection next = server.accept();
  next.refute_join("room:1");

  connection.join_channel("room:1");  // from now on it is to be joined again
  next.expect_join("room:1").reply_ok();
  next.close_channel("room:1");
  server.advance(100ms);
  next.expect_join("room:1").reply_ok();
}

TEST_F(ConfiguredChannel, is_joined_again_when_the_server_had_no_room_for_it) {
  auto given = options();
  given.auto_join_channels = {{.topic = "room:1"}};
  const Connection connection(bus, given);
  const kit::Connection wire = accept();
  wire.expect_join("room:1").reply_error({{"reason", "too many channels joined"}});
  server.advance(100ms);
  wire.expect_join("room:1").reply_ok();
  EXPECT_EQ(connection.list_channels(), Types{"room:1"});
}

TEST_F(ConfiguredChannel, that_waits_to_be_joined_again_delays_no_stop) {
  auto given = options();
  given.auto_join_channels = {{.topic = "room:1"}};
  Connection connection(bus, given);
  const kit::Connection wire = accept({"room:1"});
  wire.close_channel("room:1");
  const client::Push stop = connection.stop();
  wire.expect_close();
  EXPECT_TRUE(server.reply_of(stop).ok());
  server.advance(1h);
  server.refute_attempt();
}

}  // namespace
}  // namespace suzaku::bridge

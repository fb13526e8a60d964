#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

class StopTest : public BridgeTest {
 protected:
  /// With this channel joined; the signals so far are taken.
  kit::Connection joined(const std::string& topic) {
    connection.join_channel(topic);
    const kit::Connection wire = accept({topic});
    types();
    return wire;
  }
  void expect_stopped(const client::Push& stop) {
    EXPECT_TRUE(server.reply_of(stop).ok());
    EXPECT_EQ(connection.status(), Status::disconnected);
    EXPECT_EQ(connection.health().at("has_failed"), false);
    EXPECT_EQ(connection.list_channels(), Types{});
    server.advance(24h);
    server.refute_attempt();
    EXPECT_TRUE(server.reply_of(connection.stop()).ok());
  }

  Connection connection{bus, options()};
};

TEST_F(StopTest, leaves_the_channels_then_closes) {
  const kit::Connection wire = joined("room:1");
  connection.join_channel("room:2");
  wire.expect_join("room:2").reply_ok();
  const client::Push stop = connection.stop();
  const kit::Request first = wire.expect_leave("room:1");
  wire.expect_leave("room:2").reply_ok();
  wire.expect_nothing();  // no close yet
  EXPECT_EQ(connection.status(), Status::disconnecting);
  EXPECT_FALSE(stop.try_get());
  first.reply_ok();
  EXPECT_EQ(wire.expect_close().code, 1000);
  expect_stopped(stop);
  EXPECT_EQ(types(), (Types{"channel.joined", "channel.left", "channel.left", "connection.disconnected"}));
}

TEST_F(StopTest, gives_up_at_the_deadline_what_is_not_done) {
  const kit::Connection wire = joined("room:1");
  const client::Push stop = connection.stop(2s);
  const client::Push again = connection.stop(10s);  // waits for the same end
  wire.expect_leave("room:1");
  server.advance(2s - 1ms);
  EXPECT_FALSE(stop.try_get());
  server.advance(1ms);
  wire.expect_close();
  EXPECT_TRUE(server.reply_of(again).ok());
  expect_stopped(stop);
  EXPECT_EQ(types(), (Types{"channel.left", "connection.disconnected"}));
}

TEST_F(StopTest, sends_first_what_waits_for_the_network) {
  auto given = options("slow");
  given.socket.max_unsent = 1;
  Connection slow(bus, given);
  server.accept();  // the other one
  const kit::Connection wire = server.accept();
  slow.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  wire.stall();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(slow.push_event("room:1", "shout", {{"n", i}}).has_value());
  const client::Push stop = slow.stop();
  server.run();
  wire.drain();
  for (int i = 0; i < 3; ++i) wire.expect_push("room:1", "shout", {{"n", i}});
  EXPECT_EQ(wire.expect_close().code, 1000);
  EXPECT_TRUE(server.reply_of(stop).ok());
}

TEST_F(StopTest, while_connecting_gives_up_the_attempt) {
  const kit::Attempt attempt = (server.run(), server.next_attempt());
  const client::Push stop = connection.stop();
  server.run();
  EXPECT_FALSE(attempt.is_waiting());
  expect_stopped(stop);
  EXPECT_EQ(types(), Types{});
}

TEST_F(StopTest, during_backoff_makes_no_attempt_any_more) {
  (server.run(), server.next_attempt()).refuse(503);
  EXPECT_EQ(types(), Types{"connection.reconnecting"});
  const client::Push stop = connection.stop();
  server.run();
  expect_stopped(stop);
  EXPECT_EQ(types(), Types{});
}

TEST_F(StopTest, during_a_join_takes_it_back) {
  const kit::Connection wire = accept();
  const client::Push join = connection.join_channel("room:1");
  wire.expect_join("room:1");
  const client::Push stop = connection.stop();
  wire.expect_leave("room:1").reply_ok();
  wire.expect_close();
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::cancelled);
  expect_stopped(stop);
  EXPECT_EQ(types(), (Types{"connection.connected", "connection.disconnected"}));
}

TEST_F(StopTest, ends_when_the_connection_is_lost_meanwhile) {
  const kit::Connection wire = joined("room:1");
  const client::Push stop = connection.stop();
  wire.expect_leave("room:1");
  wire.lose();
  expect_stopped(stop);
}

TEST_F(StopTest, lets_nothing_new_begin) {
  const kit::Connection wire = joined("room:1");
  const client::Push stop = connection.stop();
  server.run();
  EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::stopped);
  EXPECT_EQ(server.reply_of(connection.join_channel("room:2")).outcome, Outcome::closed);
  wire.refute_join("room:2");
}

}  // namespace
}  // namespace suzaku::bridge

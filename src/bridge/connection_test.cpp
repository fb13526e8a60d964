#include <memory>
#include <stdexcept>

#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

class ConnectionTest : public BridgeTest {};

TEST_F(ConnectionTest, goes_from_connecting_to_connected_and_back) {
  const Connection connection(bus, options());
  EXPECT_EQ(connection.status(), Status::connecting);
  const kit::Connection wire = server.accept();
  EXPECT_EQ(connection.status(), Status::connected);
  EXPECT_EQ(types(), Types{"connection.connected"});

  wire.lose("the cable was cut");
  EXPECT_EQ(connection.status(), Status::connecting);
  const auto published = signals();
  ASSERT_EQ(published.size(), 2u);
  EXPECT_EQ(published[0]->type, "suzaku.connection.disconnected");
  EXPECT_EQ(reason_of(*published[0]), "the cable was cut");
  EXPECT_EQ(published[1]->type, "suzaku.connection.reconnecting");

  server.advance(1s);
  server.accept();
  EXPECT_EQ(connection.status(), Status::connected);
}

TEST_F(ConnectionTest, joins_its_channels_by_itself_and_again) {
  auto given = options();
  given.auto_join_channels = {{.topic = "room:lobby"}, {.topic = "user:123", .params = {{"user_id", "123"}}}};
  const Connection connection(bus, given);
  const kit::Connection wire = server.accept();
  EXPECT_EQ(connection.list_channels(), std::vector<std::string>{});
  wire.expect_join("room:lobby").reply_ok({{"members", 3}});
  wire.expect_join("user:123", {{"user_id", "123"}}).reply_ok();
  EXPECT_EQ(connection.list_channels(), (std::vector<std::string>{"room:lobby", "user:123"}));
  const auto published = signals();
  ASSERT_EQ(published.size(), 3u);
  EXPECT_EQ(published[1]->type, "suzaku.channel.joined");
  EXPECT_EQ(published[1]->data.json().at("response").at("members"), 3);

  wire.lose();
  EXPECT_EQ(connection.list_channels(), std::vector<std::string>{});
  server.advance(1s);
  accept({"room:lobby", "user:123"});
  EXPECT_EQ(connection.list_channels().size(), 2u);
}

TEST_F(ConnectionTest, joins_and_leaves_on_request) {
  Connection connection(bus, options());
  const kit::Connection wire = accept();
  const client::Push join = connection.join_channel("room:1", {{"key", "value"}});
  wire.expect_join("room:1", {{"key", "value"}}).reply_ok({{"welcome", true}});
  EXPECT_EQ(server.reply_of(join).response.json().at("welcome"), true);
  EXPECT_EQ(connection.list_channels(), Types{"room:1"});

  const client::Push leave = connection.leave_channel("room:1");
  wire.expect_leave("room:1").reply_ok();
  EXPECT_TRUE(server.reply_of(leave).ok());
  EXPECT_EQ(connection.list_channels(), Types{});
  EXPECT_EQ(types(), (Types{"connection.connected", "channel.joined", "channel.left"}));
  EXPECT_EQ(connection.health().at("channels").as_array().size(), 0u);

  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  wire.push("room:1", "shout");
  EXPECT_EQ(types(), (Types{"channel.joined", "backend.room_1.shout"}));  // once, though joined for the second time
}

TEST_F(ConnectionTest, says_why_a_join_was_refused_and_tries_again_as_the_list_says) {
  auto given = options();
  given.rejoin_after = {3s, 4s};
  given.socket.rejoin.max_concurrent = 1;
  Connection connection(bus, given);
  const kit::Connection wire = accept();
  const client::Push join = connection.join_channel("room:1");
  wire.expect_join("room:1").reply_error({{"reason", "unauthorized"}});
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::error);
  EXPECT_EQ(types(), (Types{"connection.connected", "channel.error"}));
  EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::joining);

  server.advance(3s - 1ms);
  wire.refute_join("room:1");
  server.advance(1ms);
  wire.expect_join("room:1").reply_error();
  server.advance(4s - 1ms);
  wire.refute_join("room:1");
  server.advance(1ms);
  wire.expect_join("room:1").reply_ok();
  EXPECT_EQ(connection.list_channels(), Types{"room:1"});
}

TEST_F(ConnectionTest, forgets_a_channel_that_the_server_has_closed) {
  Connection connection(bus, options());
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  wire.close_channel("room:1");
  EXPECT_EQ(types(), (Types{"connection.connected", "channel.joined", "channel.closed"}));
  EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::not_joined);
}

TEST_F(ConnectionTest, gives_its_signals_the_names_of_its_options) {
  auto given = options();
  given.names = {.source = "/shop", .topic_prefix = "shop", .type_prefix = "com.example"};
  auto of_channel = bus.subscribe("shop.room_1");
  auto of_connection = bus.subscribe("shop");
  Connection connection(bus, given);
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  wire.push("room:1", "shout");
  std::vector<std::string> names;
  for (const auto& signal : signals()) names.push_back(signal->source + " " + signal->type);
  EXPECT_EQ(names, (Types{"/shop com.example.connection.connected", "/shop com.example.channel.joined",
                          "/shop com.example.backend.room_1.shout"}));
  EXPECT_EQ(of_connection.waiting(), 3U);
  EXPECT_EQ(of_channel.waiting(), 2U);
}

TEST_F(ConnectionTest, joins_again_a_channel_that_has_crashed) {
  Connection connection(bus, options());
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  wire.crash("room:1");
  EXPECT_EQ(types(), (Types{"connection.connected", "channel.joined", "channel.error"}));
  server.advance(100ms);
  wire.expect_join("room:1").reply_ok();
  EXPECT_EQ(types(), Types{"channel.joined"});
}

TEST_F(ConnectionTest, refuses_topics_that_are_none) {
  Connection connection(bus, options());
  EXPECT_THROW(connection.join_channel(""), std::invalid_argument);
  EXPECT_THROW(connection.join_channel("\xff"), std::invalid_argument);
  EXPECT_EQ(server.reply_of((server.run(), connection.leave_channel("room:1"))).outcome, Outcome::closed);
}

TEST_F(ConnectionTest, refuses_to_push_what_is_phoenixs_own) {
  Connection connection(bus, options());
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  for (const auto* event : {"phx_leave", "phx_join", "phx_reply", ""})
    EXPECT_EQ(connection.push_event("room:1", event).error().kind, PushError::Kind::invalid) << event;
  EXPECT_EQ(connection.push_event("", "shout").error().kind, PushError::Kind::invalid);
  EXPECT_EQ(connection.push_event("room:1", "phx_leave").error().message,
            "the event \"phx_leave\" is Phoenix's own, expected one that does not begin with phx_");
  EXPECT_EQ(connection.list_channels(), Types{"room:1"});
  ASSERT_TRUE(connection.push_event("room:1", "shout").has_value());
  wire.expect_push("room:1", "shout", Payload());  // nothing was sent before it
}

TEST_F(ConnectionTest, pushes_events_to_joined_channels_only) {
  Connection connection(bus, options());
  const kit::Connection wire = accept();
  EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::not_joined);
  connection.join_channel("room:1");
  server.run();
  EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::joining);
  wire.expect_join("room:1").reply_ok();
  types();

  const auto push = connection.push_event("room:1", "shout", {{"body", "hi"}});
  ASSERT_TRUE(push.has_value());
  wire.expect_push("room:1", "shout", {{"body", "hi"}}).reply_ok({{"id", 12345678901234567890u}});
  EXPECT_TRUE(server.reply_of(*push).ok());
  const auto published = signals();
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0]->type, "suzaku.backend.room_1.phx_reply");
  EXPECT_EQ(published[0]->phoenixkind, "reply");
  EXPECT_EQ(published[0]->data.raw(), R"({"status":"ok","response":{"id":12345678901234567890}})");
}

TEST_F(ConnectionTest, tells_how_a_push_ended_that_got_no_answer) {
  Connection connection(bus, options());
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  const auto refused = connection.push_event("room:1", "shout");
  wire.expect_push("room:1", "shout").reply_error({{"reason", "no"}});
  const auto unanswered = connection.push_event("room:1", "shout", {}, {.timeout = 2s});
  wire.expect_push("room:1", "shout");
  types();
  server.advance(2s);
  EXPECT_EQ(server.reply_of(*refused).outcome, Outcome::error);
  EXPECT_EQ(server.reply_of(*unanswered).outcome, Outcome::timeout);
  EXPECT_EQ(types(), Types{});  // nothing was said
}

TEST_F(ConnectionTest, makes_signals_of_what_the_server_says_and_tells_the_kinds_apart) {
  auto given = options();
  given.filters = {{.topic = "room:*", .event = "shout"}, {.event = "alarm"}};
  Connection connection(bus, given);
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  signals();
  wire.push("room:1", "shout", {{"n", 1}});
  wire.broadcast("room:1", "shout", {{"n", 2}});
  wire.broadcast("room:1", "whisper");
  wire.broadcast("room:1", "alarm", Payload::binary("\x01\x02"));
  const auto published = signals();
  ASSERT_EQ(published.size(), 3u);
  EXPECT_EQ(published[0]->phoenixkind, "push");
  EXPECT_EQ(published[0]->data.raw(), R"({"n":1})");
  EXPECT_EQ(published[1]->phoenixkind, "broadcast");
  EXPECT_EQ(published[2]->type, "suzaku.backend.room_1.alarm");
  EXPECT_EQ(published[2]->data.raw(), "\x01\x02");
}

TEST_F(ConnectionTest, of_another_name_with_the_same_topic_is_another_conversation) {
  auto other_options = options("other");
  other_options.params = {{"token", "other"}};
  Connection backend(bus, options("backend"));
  const kit::Connection backend_wire = accept();
  Connection other(bus, other_options);
  const kit::Attempt attempt = (server.run(), server.next_attempt());
  EXPECT_EQ(attempt.params().at("token"), "other");
  const kit::Connection other_wire = attempt.accept();
  auto of_backend = bus.subscribe("suzaku.backend.room_1");
  auto of_other = bus.subscribe("suzaku.other.room_1");
  for (auto* connection : {&backend, &other}) connection->join_channel("room:1");
  backend_wire.expect_join("room:1").reply_ok();
  other_wire.expect_join("room:1").reply_ok();
  EXPECT_EQ(of_backend.take()->type, "suzaku.channel.joined");
  EXPECT_EQ(of_other.take()->type, "suzaku.channel.joined");

  backend_wire.push("room:1", "shout");
  EXPECT_EQ(of_backend.take()->type, "suzaku.backend.room_1.shout");
  EXPECT_FALSE(of_other.take());
  ASSERT_TRUE(other.push_event("room:1", "ask").has_value());
  backend_wire.refute_push("room:1", "ask");
  other_wire.expect_push("room:1", "ask").reply_ok();
  EXPECT_EQ(of_other.take()->type, "suzaku.other.room_1.phx_reply");
  EXPECT_FALSE(of_backend.take());
  backend.leave_channel("room:1");
  backend_wire.expect_leave("room:1").reply_ok();
  EXPECT_EQ(other.list_channels(), Types{"room:1"});
}

TEST_F(ConnectionTest, tells_its_health_without_secrets) {
  auto given = options();
  given.uri = "ws://test/socket?token=s3cret";
  Connection connection(bus, given);
  const kit::Connection wire = accept();
  connection.join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  connection.join_channel("room:2");
  server.run();
  const Json health = connection.health();
  EXPECT_EQ(Payload(health).raw().find("s3cret"), std::string_view::npos);
  EXPECT_EQ(health.at("name"), "backend");
  EXPECT_EQ(health.at("status"), "connected");
  EXPECT_EQ(health.at("has_failed"), false);
  EXPECT_EQ(health.at("channels").at(0).at("topic"), "room:1");
  EXPECT_EQ(health.at("channels").at(0).at("state"), "joined");
  EXPECT_TRUE(health.at("channels").at(0).at("joined_at").is_string());
  EXPECT_EQ(health.at("channels").at(1).at("state"), "joining");
  EXPECT_TRUE(health.at("channels").at(1).at("joined_at").is_null());
  EXPECT_EQ(health.at("metrics").at("connects"), 1);

  wire.lose("the cable was cut");
  EXPECT_EQ(connection.health().at("status"), "connecting");
  EXPECT_EQ(connection.health().at("attempt"), 1);
  EXPECT_EQ(connection.health().at("last_error"), "the cable was cut");
}

TEST_F(ConnectionTest, publishes_nothing_once_it_is_destroyed) {
  auto connection = std::make_unique<Connection>(bus, options());
  const kit::Connection wire = accept();
  connection->join_channel("room:1");
  wire.expect_join("room:1").reply_ok();
  const client::Push stop = connection->stop();
  types();
  connection.reset();
  EXPECT_EQ(types(), Types{});
  EXPECT_EQ(wire.expect_close().code, 1000);
  EXPECT_EQ(server.reply_of(stop).outcome, Outcome::closed);
}

}  // namespace
}  // namespace suzaku::bridge

#include <chrono>

#include <gtest/gtest.h>

#include <suzaku/signals/phoenix.hpp>

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

TEST(PhoenixSignals, a_message_has_its_payload_as_data_and_its_origin_as_attributes) {
  const auto before = std::chrono::system_clock::now() - 1us;
  const Signal signal = phoenix::message("backend", "room:lobby/1", "shout", {{"a", 1}}, MessageKind::push);
  EXPECT_EQ(signal.type, "suzaku.backend.room_lobby_1.shout");
  EXPECT_EQ(signal.source, "/suzaku/backend");
  EXPECT_EQ(signal.subject, "room:lobby/1");
  EXPECT_EQ(signal.connection, "backend");
  EXPECT_EQ(signal.phoenixtopic, "room:lobby/1");
  EXPECT_EQ(signal.phoenixevent, "shout");
  EXPECT_EQ(signal.phoenixkind, "push");
  EXPECT_EQ(signal.data.raw(), R"({"a":1})");
  EXPECT_FALSE(signal.id.empty());
  EXPECT_GE(signal.time, before);
  EXPECT_LE(signal.time, std::chrono::system_clock::now());
  EXPECT_TRUE(validate(signal));
}

TEST(PhoenixSignals, the_kinds_of_messages_differ) {
  EXPECT_EQ(phoenix::message("c", "t", "e", {}).phoenixkind, "broadcast");
  EXPECT_EQ(phoenix::message("c", "t", "e", {}, MessageKind::reply).phoenixkind, "reply");
}

TEST(PhoenixSignals, a_message_copies_a_payload_that_is_a_view) {
  std::string frame = R"({"a":1})";
  const Signal signal = phoenix::message("c", "t", "e", Payload::view(frame, Payload::Kind::json_object));
  frame.assign(frame.size(), 'x');
  EXPECT_EQ(signal.data.raw(), R"({"a":1})");
}

TEST(PhoenixSignals, all_signals_are_valid_and_have_their_data) {
  struct Case {
    Signal signal;
    std::string type, topic, data;
  };
  const std::string odd = "my app/é";
  const Case cases[] = {
      {phoenix::connection_connected("c", {{"url", "ws://x"}}), "suzaku.connection.connected", "",
       R"({"url":"ws://x","connection_name":"c"})"},
      {phoenix::connection_disconnected("c", "gone"), "suzaku.connection.disconnected", "",
       R"({"connection_name":"c","reason":"gone"})"},
      {phoenix::connection_reconnecting("c", 3, 1500ms, "gone"), "suzaku.connection.reconnecting", "",
       R"({"connection_name":"c","attempt":3,"delay_ms":1500,"reason":"gone"})"},
      {phoenix::connection_failed("c", "refused"), "suzaku.connection.failed", "",
       R"({"connection_name":"c","reason":"refused"})"},
      {phoenix::channel_joined("c", "room:1", Payload::from_text("[1]")), "suzaku.channel.joined", "room:1",
       R"({"connection_name":"c","topic":"room:1","response":[1]})"},
      {phoenix::channel_joined("c", "room:1", Payload::binary("foo")), "suzaku.channel.joined", "room:1",
       R"({"connection_name":"c","topic":"room:1","response_base64":"Zm9v"})"},
      {phoenix::channel_left("c", "room:1"), "suzaku.channel.left", "room:1",
       R"({"connection_name":"c","topic":"room:1"})"},
      {phoenix::channel_error("c", "room:1", "crashed"), "suzaku.channel.error", "room:1",
       R"({"connection_name":"c","topic":"room:1","reason":"crashed"})"},
      {phoenix::channel_left(odd, "t"), "suzaku.channel.left", "t", R"({"connection_name":"my app/é","topic":"t"})"},
  };
  for (const auto& [signal, type, topic, data] : cases) {
    EXPECT_EQ(signal.type, type);
    EXPECT_EQ(signal.phoenixtopic, topic);
    EXPECT_EQ(signal.subject, topic);
    EXPECT_EQ(signal.data.raw(), data);
    EXPECT_EQ(signal.phoenixkind, "");
    const auto read = parse_signal(to_json_text(signal));
    ASSERT_TRUE(read) << type << ": " << read.error().message;
    EXPECT_EQ(read->type, type);
  }
  EXPECT_EQ(phoenix::channel_left(odd, "t").source, "/suzaku/my%20app%2F%C3%A9");
}

TEST(PhoenixSignals, topics_of_the_bus) {
  const phoenix::Names names("backend");
  EXPECT_EQ(names.connection_topic(), "suzaku.backend");
  EXPECT_EQ(names.channel_topic("room:lobby/1"), "suzaku.backend.room_lobby_1");
  EXPECT_EQ(phoenix::sanitize_topic("a:b/c.d"), "a_b_c.d");
}

TEST(PhoenixSignals, a_channel_that_the_server_has_closed_was_not_left) {
  EXPECT_EQ(phoenix::channel_closed("c", "room:1").type, "suzaku.channel.closed");
  EXPECT_EQ(phoenix::channel_left("c", "room:1").type, "suzaku.channel.left");
}

TEST(PhoenixSignals, signals_have_the_names_of_the_options) {
  const phoenix::Names names(
      "shop",
      {.source = "//example.com/<connection>", .topic_prefix = "bus.<connection>.x", .type_prefix = "com.example"});
  const Signal message = phoenix::message(names, "room:1", "shout", {});
  EXPECT_EQ(message.source, "//example.com/shop");
  EXPECT_EQ(message.type, "com.example.shop.room_1.shout");
  EXPECT_EQ(message.connection, "shop");
  EXPECT_EQ(phoenix::channel_left(names, "room:1").type, "com.example.channel.left");
  EXPECT_EQ(names.channel_topic("room:1"), "bus.shop.x.room_1");
  EXPECT_TRUE(validate(message));
}

TEST(PhoenixSignals, the_preset_jidoka_has_the_names_of_jidoka) {
  const phoenix::Names names("phoenix_backend", phoenix::jidoka());
  EXPECT_EQ(phoenix::connection_connected(names).source, "/jidoka/phoenix/phoenix_backend");
  EXPECT_EQ(phoenix::connection_connected(names).type, "phoenix.connection.connected");
  EXPECT_EQ(phoenix::connection_disconnected(names, "").type, "phoenix.connection.disconnected");
  EXPECT_EQ(phoenix::channel_joined(names, "room:lobby", {}).type, "phoenix.channel.joined");
  EXPECT_EQ(phoenix::channel_left(names, "room:lobby").type, "phoenix.channel.left");
  EXPECT_EQ(phoenix::message(names, "room:lobby/1", "new_msg", {}).type,
            "phoenix.phoenix_backend.room_lobby_1.new_msg");
  EXPECT_EQ(names.connection_topic(), "jido.protocol.phoenix.phoenix_backend");
  EXPECT_EQ(names.channel_topic("room:lobby"), "jido.protocol.phoenix.phoenix_backend.room_lobby");
  EXPECT_TRUE(phoenix::check(phoenix::jidoka()));
}

TEST(PhoenixSignals, invalid_names_are_refused) {
  EXPECT_TRUE(phoenix::check({}));
  for (const char* const source : {"", "no uri", "/%g0"}) EXPECT_FALSE(phoenix::check({.source = source})) << source;
  EXPECT_FALSE(phoenix::check({.topic_prefix = ""}));
  for (const char* const type : {"", ".a", "a.", "a..b", "a.*", "a\n"})
    EXPECT_FALSE(phoenix::check({.type_prefix = type})) << type;
}

}  // namespace
}  // namespace suzaku::signals

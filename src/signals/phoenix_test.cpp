#include <chrono>

#include <gtest/gtest.h>

#include <suzaku/signals/phoenix.hpp>

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

TEST(PhoenixSignals, a_message_has_its_payload_as_data_and_says_where_it_is_from) {
  const auto before = std::chrono::system_clock::now() - 1us;
  const Signal signal = phoenix::message("backend", "room:lobby/1", "shout", {{"a", 1}}, phoenix::MessageKind::push);
  EXPECT_EQ(signal.type, "phoenix.backend.room_lobby_1.shout");
  EXPECT_EQ(signal.source, "/jidoka/phoenix/backend");
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
  EXPECT_EQ(phoenix::message("c", "t", "e", {}, phoenix::MessageKind::reply).phoenixkind, "reply");
}

TEST(PhoenixSignals, a_message_keeps_a_payload_that_is_only_borrowed) {
  std::string frame = R"({"a":1})";
  const Signal signal = phoenix::message("c", "t", "e", Payload::view(frame, Payload::Kind::json_object));
  frame.assign(frame.size(), 'x');
  EXPECT_EQ(signal.data.raw(), R"({"a":1})");
}

TEST(PhoenixSignals, all_are_valid_and_have_their_data) {
  struct Case {
    Signal signal;
    std::string type, topic, data;
  };
  const std::string odd = "my app/é";
  const Case cases[] = {
      {phoenix::connection_connected("c", {{"url", "ws://x"}}), "phoenix.connection.connected", "",
       R"({"url":"ws://x","connection_name":"c"})"},
      {phoenix::connection_disconnected("c", "gone"), "phoenix.connection.disconnected", "",
       R"({"connection_name":"c","reason":"gone"})"},
      {phoenix::connection_reconnecting("c", 3, 1500ms, "gone"), "phoenix.connection.reconnecting", "",
       R"({"connection_name":"c","attempt":3,"delay_ms":1500,"reason":"gone"})"},
      {phoenix::connection_failed("c", "refused"), "phoenix.connection.failed", "",
       R"({"connection_name":"c","reason":"refused"})"},
      {phoenix::channel_joined("c", "room:1", Payload::from_text("[1]")), "phoenix.channel.joined", "room:1",
       R"({"connection_name":"c","topic":"room:1","response":[1]})"},
      {phoenix::channel_joined("c", "room:1", Payload::binary("foo")), "phoenix.channel.joined", "room:1",
       R"({"connection_name":"c","topic":"room:1","response_base64":"Zm9v"})"},
      {phoenix::channel_left("c", "room:1"), "phoenix.channel.left", "room:1",
       R"({"connection_name":"c","topic":"room:1"})"},
      {phoenix::channel_error("c", "room:1", "crashed"), "phoenix.channel.error", "room:1",
       R"({"connection_name":"c","topic":"room:1","reason":"crashed"})"},
      {phoenix::channel_left(odd, "t"), "phoenix.channel.left", "t", R"({"connection_name":"my app/é","topic":"t"})"},
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
  EXPECT_EQ(phoenix::channel_left(odd, "t").source, "/jidoka/phoenix/my%20app%2F%C3%A9");
}

TEST(PhoenixSignals, topics_of_the_bus) {
  EXPECT_EQ(phoenix::connection_topic("backend"), "jido.protocol.phoenix.backend");
  EXPECT_EQ(phoenix::channel_topic("backend", "room:lobby/1"), "jido.protocol.phoenix.backend.room_lobby_1");
  EXPECT_EQ(phoenix::sanitize_topic("a:b/c.d"), "a_b_c.d");
}

}  // namespace
}  // namespace suzaku::signals

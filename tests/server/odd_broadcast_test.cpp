// A channel broadcasts what a client pushed. Whatever that is, the other clients stay joined.

#include <any>
#include <string>
#include <vector>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

/// How the other clients get a broadcast.
enum class Way { fast_lane, default_handle_out, own_handle_out, subscribed };

class OddBroadcastTest : public ServerTest, public testing::WithParamInterface<Way> {
 protected:
  OddBroadcastTest() {
    script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
      channel.broadcast_from(event == "long" ? std::string(256, 'x') : std::string(event), payload);
      return channel.no_reply();
    };
    switch (GetParam()) {
      case Way::fast_lane:
        return;
      case Way::own_handle_out:
        script.handle_out = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
          channel.push(event, payload);
        };
        [[fallthrough]];
      case Way::default_handle_out:
        script.intercept = {"ev", "phx_close", "phx_error", std::string(256, 'x')};
        return;
      case Way::subscribed:
        script.join = [](ScriptedChannel& channel, const Payload&) {
          if (channel.topic() != "room:a") channel.subscribe("room:a");
          return ScriptedChannel::ok();
        };
        script.handle_info = [](ScriptedChannel& channel, const std::any& message) {
          const auto& [topic, event, payload] = std::any_cast<const server::TopicMessage&>(message);
          channel.push(event, payload);
        };
    }
  }

  std::string topic() const { return GetParam() == Way::subscribed ? "room:b" : "room:a"; }

  /// Others that have joined, with `join_ref` as JSON text.
  WebSocketClient member(const std::string& vsn, const std::string& join_ref) {
    WebSocketClient client = connect("/socket/websocket?vsn=" + vsn);
    client.text(vsn == "2.0.0" ? "[" + join_ref + ",\"1\",\"" + topic() + R"(","phx_join",{}])"
                               : R"({"topic":")" + topic() + R"(","event":"phx_join","payload":{},"ref":"1"})");
    EXPECT_NE(client.next_text().find(R"("status":"ok")"), std::string::npos);
    return client;
  }
  void serve_members() {
    serve();
    for (int i = 0; i < 4; ++i) {
      modern_.push_back(member("2.0.0", "\"1\""));
      old_.push_back(member("1.0.0", ""));
    }
    odd_.push_back(member("2.0.0", R"({"no":"text"})"));
    odd_.push_back(member("2.0.0", '"' + std::string(256, 'r') + '"'));
  }

  /// The next that every member gets is a broadcast that was made now.
  void expect_all_are_there() {
    WebSocketClient client = joined("room:a");
    client.push("1", "2", "room:a", "ev", R"({"after":true})");
    for (auto* members : {&modern_, &old_, &odd_})
      for (WebSocketClient& other : *members) EXPECT_NE(other.next_text().find(R"({"after":true})"), std::string::npos);
    EXPECT_EQ(endpoint().stats().channels, modern_.size() + old_.size() + odd_.size() + 1);
  }

  static std::string binary_push(const std::string& event) {
    return std::string("\x00\x01\x01\x06", 4) + static_cast<char>(event.size()) + "12room:a" + event + "data";
  }

  std::vector<WebSocketClient> modern_;
  std::vector<WebSocketClient> old_;
  std::vector<WebSocketClient> odd_;  // serializer V2, with join_refs that no binary frame can carry
};

TEST_P(OddBroadcastTest, a_payload_that_is_no_object_ends_the_channel_of_who_pushed_it) {
  serve_members();
  for (const std::string payload : {"5", "null", "[1]", "\"text\""}) {
    WebSocketClient client = joined("room:a");
    client.push("1", "2", "room:a", "ev", payload);
    EXPECT_FRAME(client, R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])") << payload;
  }
  expect_all_are_there();
}

TEST_P(OddBroadcastTest, a_payload_that_is_no_object_is_refused_to_a_client_of_v1_too) {
  serve_members();
  WebSocketClient client = connect("/socket/websocket?vsn=1.0.0");
  client.text(R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1"})");
  client.next_text();
  client.text(R"({"topic":"room:a","event":"ev","payload":5,"ref":"2"})");
  EXPECT_EQ(next_json(client).at("event"), "phx_error");
  expect_all_are_there();
}

TEST_P(OddBroadcastTest, bytes_reach_those_who_can_take_them) {
  serve_members();
  WebSocketClient client = joined("room:a");
  client.binary(binary_push("ev"));
  for (WebSocketClient& other : modern_) {
    const Received received = other.next();
    EXPECT_EQ(received.kind, Received::Kind::binary);
    EXPECT_TRUE(received.payload.ends_with("evdata")) << received.payload;
  }
  if (GetParam() == Way::fast_lane) {  // a frame of the fast lane has no join_ref
    for (WebSocketClient& other : odd_) EXPECT_EQ(other.next().kind, Received::Kind::binary);
  }
  expect_nothing_waits(client);
  client.push("1", "3", "room:a", "phx_leave");
  EXPECT_EQ(next_json(client).at(3), "phx_reply");
  expect_all_are_there();
}

TEST_P(OddBroadcastTest, an_event_too_long_for_a_binary_frame_ends_the_channel_of_who_pushed_it) {
  serve_members();
  WebSocketClient client = joined("room:a");
  client.binary(binary_push("long"));
  EXPECT_EQ(next_json(client).at(3), "phx_error");
  expect_all_are_there();
}

TEST_P(OddBroadcastTest, an_event_of_the_protocol_ends_the_channel_of_who_pushed_it) {
  serve_members();
  for (const char* event : {"phx_close", "phx_error", "phx_reply"}) {
    WebSocketClient client = joined("room:a");
    client.push("1", "2", "room:a", event);
    EXPECT_EQ(next_json(client).at(3), "phx_error");
  }
  expect_all_are_there();
}

INSTANTIATE_TEST_SUITE_P(By, OddBroadcastTest,
                         testing::Values(Way::fast_lane, Way::default_handle_out, Way::own_handle_out, Way::subscribed),
                         [](const auto& way) {
                           switch (way.param) {
                             case Way::fast_lane:
                               return "fast_lane";
                             case Way::default_handle_out:
                               return "default_handle_out";
                             case Way::own_handle_out:
                               return "own_handle_out";
                             case Way::subscribed:
                               return "subscription";
                           }
                           return "?";
                         });

/// A connection whose id is the topic that everybody joins.
class NamedLikeATopic : public server::UserSocket {
  std::string id() const override { return "room:a"; }
};

TEST(OddIdTest, one_that_is_a_topic_lets_no_client_end_the_connections_of_others) {
  const Script relay{.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
    channel.broadcast_from(event, payload);
    return channel.reply_ok();
  }};
  server::Endpoint endpoint(options());
  endpoint.socket<NamedLikeATopic>("/socket").channel("room:*", follow(relay));
  start(endpoint);
  WebSocketClient other(endpoint.port());
  other.join("room:a");
  WebSocketClient client(endpoint.port());
  client.join("room:a");
  client.push("1", "2", "room:a", "disconnect");
  EXPECT_EQ(next_json(client).at(3), "phx_reply");
  EXPECT_FRAME(other, R"([null,null,"room:a","disconnect",{}])");
  expect_nothing_waits(other);
  endpoint.disconnect("room:a");
  EXPECT_EQ(other.next_close(), 1001);
}

using OddReplyTest = ServerTest;

TEST_F(OddReplyTest, one_that_a_client_cannot_be_sent_does_not_end_the_channel_that_replies) {
  endpoint_options.loops = 1;  // the reply is encoded within the handler that makes it
  server::ReplyRef kept;
  script.handle_in = [&kept](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
    if (event == "ask") {
      kept = channel.reply_ref();
      return channel.no_reply();
    }
    kept.reply_ok(Payload::binary("data"));
    return channel.reply_ok(payload);
  };
  serve();
  WebSocketClient asking = joined("room:a");
  asking.text(R"(["1",{"no":"text"},"room:a","ask",{}])");
  expect_nothing_waits(asking);
  WebSocketClient answering = joined("room:a");
  answering.push("1", "2", "room:a", "answer");
  EXPECT_FRAME(answering, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{}}])");
  expect_nothing_waits(asking);
}

}  // namespace
}  // namespace suzaku::test

// The first serializer: JSON objects, no join_ref in what the server sends.

#include "server_test.hpp"

namespace suzaku::test {
namespace {

class V1Test : public ServerTest {
 protected:
  V1Test() {
    script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
      if (event == "push") return channel.push("pushed", payload), channel.no_reply();
      if (event == "shout") return channel.broadcast("shouted", payload), channel.no_reply();
      if (event == "bytes") return channel.reply_ok(Payload::binary("data"));
      if (event == "shout_bytes") return channel.broadcast("shouted", Payload::binary("data")), channel.reply_ok();
      if (event == "throw") throw std::runtime_error("boom");
      return channel.reply_ok(payload);
    };
  }
  WebSocketClient joined_v1(const std::string& join_ref = "") {
    WebSocketClient client = connect("/socket/websocket");
    client.text(R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1")" +
                (join_ref.empty() ? "" : ",\"join_ref\":" + join_ref) + "}");
    EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_reply","ref":"1","payload":{"status":"ok","response":{}}})");
    return client;
  }
  static void send(WebSocketClient& client, const std::string& event, const std::string& payload = "{}",
                   const std::string& more = "") {
    client.text(R"({"topic":"room:a","event":")" + event + R"(","payload":)" + payload + R"(,"ref":"2")" + more + "}");
  }
};

TEST_F(V1Test, messages_go_both_ways) {
  serve();
  WebSocketClient client = joined_v1();
  send(client, "ev", R"([1,"x"])");
  EXPECT_FRAME(client,
               R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":[1,"x"]}})");
  send(client, "push", R"({"n":123456789012345678901234567890})");
  EXPECT_NE(client.next_text().find(R"({"n":123456789012345678901234567890})"), std::string::npos);
  send(client, "shout", R"({"a":1})");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"shouted","ref":null,"payload":{"a":1}})");
}

TEST_F(V1Test, a_leave_is_answered_and_closed_with_the_join_ref_as_sent) {
  serve();
  for (const auto& [join_ref, ref] : {std::pair{"", "null"}, {"\"9\"", "\"9\""}}) {
    WebSocketClient client = joined_v1(join_ref);
    send(client, "phx_leave");
    EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":{}}})");
    EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_close","payload":{},"ref":)" + std::string(ref) + "}");
  }
}

TEST_F(V1Test, a_join_ref_is_honoured) {
  serve();
  WebSocketClient client = joined_v1("\"9\"");
  send(client, "ev", "{}", R"(,"join_ref":"8")");
  send(client, "ev", "5", R"(,"join_ref":"9")");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":5}})");
  EXPECT_EQ(endpoint().stats().stale, 1u);
}

TEST_F(V1Test, a_missing_key_closes_with_1011_and_a_further_one_is_ignored) {
  serve();
  for (const char* text : {R"({"event":"e","payload":{},"ref":"1"})", R"({"topic":"t","payload":{},"ref":"1"})",
                           R"({"topic":"t","event":"e","ref":"1"})", R"({"topic":"t","event":"e","payload":{}})", "[]",
                           R"([null,"1","phoenix","heartbeat",{}])", ""}) {
    WebSocketClient client = connect("/socket/websocket?vsn=1.0.0");
    client.text(text);
    EXPECT_EQ(client.next_close(), 1011) << text;
  }
  WebSocketClient client = joined_v1();
  send(client, "ev", "1", R"(,"more":[{"topic":"x"}])");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":1}})");
}

TEST_F(V1Test, json_in_a_binary_frame_works) {
  serve();
  WebSocketClient client = connect("/socket/websocket");
  client.binary(R"({"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"})");
  EXPECT_FRAME(client, R"({"topic":"phoenix","event":"phx_reply","ref":"1","payload":{"status":"ok","response":{}}})");
}

TEST_F(V1Test, errors_and_crashes_have_their_form) {
  serve();
  WebSocketClient client = joined_v1();
  client.text(R"({"topic":"nowhere","event":"phx_join","payload":{},"ref":"5"})");
  EXPECT_FRAME(client, R"({"topic":"nowhere","event":"phx_reply","ref":"5",
                           "payload":{"status":"error","response":{"reason":"unmatched topic"}}})");
  send(client, "throw");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_error","ref":null,"payload":{"reason":"channel_crash"}})");
}

TEST_F(V1Test, a_binary_reply_crashes_the_channel) {
  serve();
  WebSocketClient client = joined_v1();
  send(client, "bytes");
  EXPECT_EQ(next_json(client).at("event"), "phx_error");
}

TEST_F(V1Test, binary_broadcasts_pass_by_v1_clients) {
  serve();
  WebSocketClient client = joined_v1();
  WebSocketClient modern = joined("room:a");
  modern.push("1", "2", "room:a", "shout_bytes");
  EXPECT_EQ(modern.next().kind, Received::Kind::binary);
  EXPECT_EQ(next_json(modern).at(3), "phx_reply");
  send(client, "ev", "7");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":7}})");
}

TEST_F(V1Test, a_second_join_is_answered_before_the_first_one_is_closed) {
  serve();
  WebSocketClient client = joined_v1();
  send(client, "phx_join");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":{}}})");
  EXPECT_FRAME(client, R"({"topic":"room:a","event":"phx_close","ref":null,"payload":{}})");
}

}  // namespace
}  // namespace suzaku::test

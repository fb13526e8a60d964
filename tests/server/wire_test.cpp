// What passes through unchanged, and the binary form of messages.

#include <string>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::string_literals;

/// A binary push: 00, four sizes, four fields, data.
std::string binary_push(const std::string& join_ref, const std::string& ref, const std::string& topic,
                        const std::string& event, const std::string& data) {
  std::string frame(1, '\0');
  for (const std::string& field : {join_ref, ref, topic, event}) frame += static_cast<char>(field.size());
  return frame + join_ref + ref + topic + event + data;
}

class WireTest : public ServerTest {
 protected:
  WireTest() {
    script.join = [](ScriptedChannel&, const Payload& params) { return ScriptedChannel::ok(params); };
    script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
      if (event == "push") return channel.push("pushed", payload), channel.no_reply();
      if (event == "shout") return channel.broadcast("shouted", payload), channel.no_reply();
      if (event == "long") return channel.push(std::string(256, 'e'), payload), channel.no_reply();
      if (event == "status") return channel.reply(std::string(256, 's'), payload);
      if (event == "latin1") return channel.push("\xe9", payload), channel.no_reply();
      if (event == "text") return channel.reply_ok({{"text", true}});
      if (event == "bytes") return channel.reply_ok(Payload::binary("\0\xff"s));
      return channel.reply_ok(payload);
    };
  }
  static std::string next_binary(WebSocketClient& client) {
    const Received received = client.next();
    EXPECT_EQ(received.kind, Received::Kind::binary) << received.payload;
    return received.payload;
  }
};

TEST_F(WireTest, refs_of_any_json_type_are_echoed_as_sent) {
  serve();
  WebSocketClient client = joined("room:a");
  for (const std::string ref : {"2", "null", "-0.50e1", "true", R"({ "a" : [1] })", R"("\u0041\n\/")", "\"\"", "[]",
                                "12345678901234567890123456789"}) {
    client.text("[null, " + ref + R"( ,"room:a","ev",{}])");
    const std::string reply = client.next_text();
    EXPECT_TRUE(reply.starts_with(R"(["1",)" + ref + R"(,"room:a","phx_reply",)")) << reply;
    client.text("[" + ref + "," + ref + R"(,"phoenix","heartbeat",{}])");
    EXPECT_TRUE(client.next_text().starts_with("[null," + ref + ","));
  }
}

TEST_F(WireTest, a_topic_that_is_no_string_is_unmatched_and_echoed) {
  serve();
  WebSocketClient client = connect();
  for (const std::string topic : {"5", "null", R"({"a":1})"}) {
    client.text(R"(["1","2",)" + topic + R"(,"phx_join",{}])");
    EXPECT_FRAME(client, R"([null,"2",)" + topic +
                             R"(,"phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
  }
}

TEST_F(WireTest, a_topic_that_is_no_string_is_not_the_empty_topic) {
  serve([this](server::Endpoint& endpoint) { endpoint.socket("/any").channel("*", follow(script)); });
  WebSocketClient client = connect("/any/websocket?vsn=2.0.0");
  client.join("");
  for (const char* event : {"phx_join", "ev"}) {
    client.text(R"([null,"2",5,")" + std::string(event) + R"(",{}])");
    EXPECT_FRAME(client, R"([null,"2",5,"phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
  }
  client.push("1", "3", "", "phx_leave");
  EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
  EXPECT_EQ(next_json(client).at(3), "phx_close");
  client.text(R"([null,"4",5,"phx_join",{}])");
  EXPECT_EQ(next_json(client).at(4).at("status"), "error");
}

TEST_F(WireTest, payloads_pass_byte_for_byte) {
  serve();
  WebSocketClient client = joined("room:a");
  WebSocketClient other = joined("room:a");
  for (const std::string payload :
       {R"({"z":1,"a":2})", R"({"n":123456789012345678901234567890})", R"({"f":1e3,"g":1.50,"h":-0.0})",
        R"({"a":1,"a":2})", "{\"u\":\"\\u00e9\xc3\xa9\\ud83d\\ude00\xe2\x80\xa8/\\/\x7f\"}",
        "{ \"space\" : [ 1 , 2 ] }"}) {
    client.push("1", "2", "room:a", "ev", payload);
    EXPECT_NE(client.next_text().find("\"response\":" + payload + "}"), std::string::npos) << payload;
    client.push("1", "3", "room:a", "shout", payload);
    EXPECT_EQ(client.next_text(), R"([null,null,"room:a","shouted",)" + payload + "]");
    EXPECT_EQ(other.next_text(), R"([null,null,"room:a","shouted",)" + payload + "]");
    client.push("1", "4", "room:a", "push", payload);
    EXPECT_EQ(client.next_text(), R"(["1",null,"room:a","pushed",)" + payload + "]");
  }
}

TEST_F(WireTest, a_reply_carries_any_json_value) {
  serve();
  WebSocketClient client = connect();
  for (const std::string value : {"null", "[]", "[1,2]", "\"text\"", "5", "false"}) {
    client.text(R"(["1","1","room:a","phx_join",)" + value + "]");
    EXPECT_FRAME(client, R"(["1","1","room:a","phx_reply",{"status":"ok","response":)" + value + "}]");
    client.push("1", "2", "room:a", "ev", value);
    EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":)" + value + "}]");
    client.push("1", "3", "room:a", "phx_leave");
    client.next_text();
    client.next_text();
  }
}

TEST_F(WireTest, a_push_or_broadcast_of_no_object_crashes_the_channel) {
  serve();
  WebSocketClient client = connect();
  WebSocketClient other = joined("room:a");
  for (const std::string event : {"push", "shout"})
    for (const std::string value : {"null", "[1]", "\"text\"", "5"}) {
      client.join("room:a");
      client.push("1", "2", "room:a", event, value);
      EXPECT_FRAME(client, R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])") << event << value;
    }
  expect_nothing_waits(other);
}

TEST_F(WireTest, further_elements_and_white_space_are_ignored) {
  serve();
  WebSocketClient client = joined("room:a");
  client.text(" [ null ,\n\"2\" ,\t\"room:a\" , \"ev\" , {\"a\" : 1} , 6 , [ ] ]\r\n");
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"a":1}}])");
}

TEST_F(WireTest, topics_and_events_may_hold_any_text) {
  serve();
  WebSocketClient client = connect();
  const std::string topic = "room:\\\"\\\\\\u0000\\u001f\xf0\x9f\x98\x80" + std::string(300, 't');
  client.push("1", "1", topic, "phx_join");
  EXPECT_EQ(next_json(client), json(R"(["1","1",")" + topic + R"(","phx_reply",{"status":"ok","response":{}}])"));
  client.push("1", "2", topic, "shout");
  EXPECT_EQ(next_json(client), json(R"([null,null,")" + topic + R"(","shouted",{}])"));
}

TEST_F(WireTest, escaped_and_plain_spellings_of_a_topic_are_the_same_topic) {
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "\\u0072oom:a", "ev");
  EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
}

TEST_F(WireTest, binary_messages_have_the_layout_of_phoenix) {
  serve();
  WebSocketClient client = joined("room:a");
  WebSocketClient other = joined("room:a");
  client.binary(binary_push("1", "1", "room:a", "ev", "\0\xff\1"s));
  EXPECT_EQ(next_binary(client),
            "\1\1\1\6\2"
            "11room:aok\0\xff\1"s);
  client.binary(binary_push("1", "1", "room:a", "push", "data"));
  EXPECT_EQ(next_binary(client),
            "\0\1\6\6"
            "1room:apusheddata"s);
  client.binary(binary_push("1", "1", "room:a", "shout", "data"));
  EXPECT_EQ(next_binary(client), "\2\6\7room:ashouteddata"s);
  EXPECT_EQ(next_binary(other), "\2\6\7room:ashouteddata"s);
}

TEST_F(WireTest, binary_data_may_be_empty_or_large) {
  serve();
  WebSocketClient client = joined("room:a");
  client.binary(binary_push("1", "1", "room:a", "ev", ""));
  EXPECT_EQ(next_binary(client),
            "\1\1\1\6\2"
            "11room:aok"s);
  const std::string large(3'000'000, '\xf5');
  client.binary(binary_push("1", "1", "room:a", "ev", large));
  EXPECT_EQ(next_binary(client),
            "\1\1\1\6\2"
            "11room:aok"s +
                large);
}

TEST_F(WireTest, the_form_of_a_reply_follows_its_payload) {
  serve();
  WebSocketClient client = joined("room:a");
  client.binary(binary_push("1", "7", "room:a", "text", "data"));
  EXPECT_FRAME(client, R"(["1","7","room:a","phx_reply",{"status":"ok","response":{"text":true}}])");
  client.push("1", "8", "room:a", "bytes");
  EXPECT_EQ(next_binary(client),
            "\1\1\1\6\2"
            "18room:aok\0\xff"s);
  client.text(R"([null,9,"room:a","bytes",{}])");
  EXPECT_EQ(next_binary(client),
            "\1\1\1\6\2"
            "19room:aok\0\xff"s)
      << "a number as ref";
  client.text(R"([null,null,"room:a","bytes",{}])");
  EXPECT_EQ(next_binary(client),
            "\1\1\0\6\2"
            "1room:aok\0\xff"s)
      << "no ref";
}

TEST_F(WireTest, binary_control_messages_work) {
  serve();
  WebSocketClient client = connect();
  client.binary(binary_push("", "1", "phoenix", "heartbeat", ""));
  EXPECT_FRAME(client, R"([null,"1","phoenix","phx_reply",{"status":"ok","response":{}}])");
  client.binary(binary_push("5", "2", "room:a", "phx_join", "data"));
  EXPECT_EQ(next_binary(client),
            "\1\1\1\6\2"
            "52room:aokdata"s);
  client.binary(binary_push("5", "3", "room:a", "phx_leave", ""));
  EXPECT_FRAME(client, R"(["5","3","room:a","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_FRAME(client, R"(["5","5","room:a","phx_close",{}])");
}

TEST_F(WireTest, an_empty_binary_join_ref_is_an_empty_string_and_so_stale) {
  serve();
  WebSocketClient client = joined("room:a");
  client.binary(binary_push("", "2", "room:a", "ev", "data"));
  expect_nothing_waits(client);
  EXPECT_EQ(endpoint().stats().stale, 1u);
}

TEST_F(WireTest, long_fields_beside_a_binary_payload_crash_the_channel_alone) {
  serve();
  WebSocketClient client = connect();
  for (const std::string event : {"long", "status"}) {
    client.join("room:a");
    client.binary(binary_push("1", "2", "room:a", event, "data"));
    EXPECT_FRAME(client, R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])") << event;
    client.join("room:a");
    client.push("1", "3", "room:a", event);
    EXPECT_NE(client.next_text().find(std::string(256, event[0] == 'l' ? 'e' : 's')), std::string::npos)
        << "text has no limit";
    client.push("1", "4", "room:a", "phx_leave");
    client.next_text();
    client.next_text();
  }
  const std::string topic = "room:" + std::string(256, 't');
  client.push("1", "1", topic, "phx_join");
  client.next_text();
  client.push("1", "2", topic, "bytes");
  EXPECT_EQ(next_json(client).at(3), "phx_error");
  client.join("room:a");
  client.text(R"(["1",")" + std::string(256, 'r') + R"(","room:a","bytes",{}])");
  EXPECT_EQ(next_json(client).at(3), "phx_error");
}

TEST_F(WireTest, an_event_that_is_not_utf8_crashes_the_channel_that_pushes_it) {
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "latin1");
  EXPECT_EQ(next_json(client).at(3), "phx_error");
}

TEST_F(WireTest, a_join_response_that_cannot_be_encoded_closes_that_connection_alone_with_1011) {
  script.join = [](ScriptedChannel&, const Payload&) { return ScriptedChannel::ok(Payload::binary("data")); };
  serve();
  WebSocketClient other = connect();
  WebSocketClient client = connect();
  client.push(std::string(256, 'j'), "1", "room:a", "phx_join");
  EXPECT_EQ(client.next_close(), 1011);
  expect_nothing_waits(other);
  await([&] { return endpoint().stats().channels == 0; }, "end of the channel");
}

TEST_F(WireTest, deeply_nested_payloads_pass) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload& payload) {
    return channel.reply_ok({{"size", payload.json().as_object().size()}});
  };
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "ev", "{\"a\":" + std::string(500, '[') + std::string(500, ']') + "}");
  EXPECT_EQ(next_json(client).at(4).at("response").at("size"), 1);
  client.push("1", "2", "room:a", "ev", "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  EXPECT_EQ(client.next_close(), 1011);
}

}  // namespace
}  // namespace suzaku::test

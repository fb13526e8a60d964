// WebSocket frames, right and wrong ones, as the server takes them.

#include "ws/frame.hpp"

#include <string>
#include <utility>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

const std::string kHeartbeat = R"([null,"1","phoenix","heartbeat",{}])";
constexpr const char* kHeartbeatReply = R"([null,"1","phoenix","phx_reply",{"status":"ok","response":{}}])";

/// A masked frame (with the mask 0) whose first byte is as given.
std::string raw_frame(unsigned char first, const std::string& payload) {
  std::string frame = {static_cast<char>(first)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift);
  }
  return frame + std::string(4, '\0') + payload;
}

class FrameTest : public ServerTest {
 protected:
  /// Sends bytes to a fresh socket; the code that it is closed with. Then the server must have closed TCP as well.
  std::uint16_t code_after(const std::string& bytes, const std::string& target = "/socket/websocket?vsn=2.0.0") {
    WebSocketClient client = connect(target);
    client.raw(bytes);
    const Received received = client.next();
    if (received.kind != Received::Kind::close) {
      ADD_FAILURE() << "no close frame but: " << received.payload;
      return 0;
    }
    EXPECT_EQ(received.payload, "") << "the reason is empty";
    EXPECT_EQ(client.next().kind, Received::Kind::eof);
    return received.close_code;
  }
};

TEST_F(FrameTest, what_cannot_be_decoded_closes_with_1011) {
  serve();
  for (const std::string text :
       {"", "nonsense", "{}", "5", "null", "\"text\"", "[]", R"(["1","1","room:a","phx_join"])",
        R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1"})", R"(["1","1","room:a","phx_join",{})",
        R"(["1","1","room:a","phx_join",{}] x)", R"(["1","1","room:a","phx_join",{}],)",
        R"(["1","1","room:a","phx_join",1E400])", R"(["1","1","room:a","phx_join",{"a":"\ud83d"}])",
        R"(["1","1","room:a","phx_join",{"a":01}])", R"(["1","1","room:a","phx_join",{"a":NaN}])",
        R"(["1","1","room:a","phx_join",{'a':1}])", "\xef\xbb\xbf[1,2,3,4,5]"})
    EXPECT_EQ(code_after(raw_frame(0x81, text)), 1011) << text;
  EXPECT_EQ(endpoint().stats().undecodable, 18);
}

TEST_F(FrameTest, a_binary_message_that_cannot_be_decoded_closes_with_1011) {
  serve();
  using namespace std::string_literals;
  for (const std::string& bytes : {""s, "\0"s, "\0\1\1\6"s,
                                   "\1\1\1\6\2"
                                   "11room:aok"s,
                                   "\2\6\2room:aev"s, "\3\0\0\0\0"s,
                                   "\0\1\1\6\3"
                                   "11room:aev"s,
                                   "\0\xff\1\6\2"
                                   "11room:aev"s,
                                   "\0\1\0\0\0\xff"s, kHeartbeat})
    EXPECT_EQ(code_after(raw_frame(0x82, bytes)), 1011) << testing::PrintToString(bytes);
}

TEST_F(FrameTest, an_undecodable_message_ends_the_channels_with_the_socket) {
  script.terminate = [this](auto&, server::TerminateReason reason) { notes.add(name_of(reason)); };
  serve();
  WebSocketClient client = joined("room:a");
  client.text("nonsense");
  EXPECT_EQ(client.next_close(), 1011);
  notes.expect({"closed"});
  await([&] { return endpoint().stats().channels == 0 && endpoint().stats().sockets == 0; }, "end of the socket");
}

TEST_F(FrameTest, text_that_is_not_utf8_closes_with_1007) {
  serve();
  for (const std::string text :
       {"[\"1\",\"1\",\"room:\xff\",\"phx_join\",{}]", "\xc3\x28", "\xed\xa0\x80", "\xc0\x80", "\xf8\x88\x80\x80\x80"})
    EXPECT_EQ(code_after(raw_frame(0x81, text)), 1007) << testing::PrintToString(text);
  EXPECT_EQ(code_after(raw_frame(0x01, "[\"\xc3") + raw_frame(0x80, "(\"]")), 1007) << "over fragments";
}

TEST_F(FrameTest, what_breaks_the_frame_protocol_closes_with_1002) {
  serve();
  const std::pair<std::string, const char*> table[] = {
      {raw_frame(0x80, "x"), "continuation of nothing"},
      {raw_frame(0x01, "[") + raw_frame(0x81, "]"), "message inside of a message"},
      {raw_frame(0xc1, kHeartbeat), "RSV1"},
      {raw_frame(0xa1, kHeartbeat), "RSV2"},
      {raw_frame(0x91, kHeartbeat), "RSV3"},
      {raw_frame(0x83, ""), "reserved opcode 3"},
      {raw_frame(0x87, ""), "reserved opcode 7"},
      {raw_frame(0x8b, ""), "reserved opcode 11"},
      {raw_frame(0x8f, ""), "reserved opcode 15"},
      {raw_frame(0x09, "x"), "ping in fragments"},
      {raw_frame(0x89, std::string(126, 'x')), "long ping"},
      {std::string("\x81\x02{}"), "not masked"},
      {std::string("\x81\xfe\0\x02\0\0\0\0{}", 10), "length in a longer form than needed"},
      {raw_frame(0x88, "x"), "half a close code"},
      {raw_frame(0x88, std::string("\x03\xe7", 2)), "close code 999"},
      {raw_frame(0x88, std::string("\x03\xed", 2)), "close code 1005"},
      {raw_frame(0x88, std::string("\x13\x88", 2)), "close code 5000"},
  };
  for (const auto& [bytes, what] : table) EXPECT_EQ(code_after(bytes), 1002) << what;
  EXPECT_EQ(code_after(raw_frame(0x88, std::string("\x03\xe8\xff", 3))), 1007) << "a close reason that is not UTF-8";
}

TEST_F(FrameTest, fragments_are_joined_and_control_frames_may_stand_between) {
  serve();
  WebSocketClient client = connect();
  client.raw(raw_frame(0x01, kHeartbeat.substr(0, 7)) + raw_frame(0x89, "between") + raw_frame(0x00, "") +
             raw_frame(0x8a, "") + raw_frame(0x00, kHeartbeat.substr(7, 9)) + raw_frame(0x80, kHeartbeat.substr(16)));
  const Received pong = client.next();
  EXPECT_EQ(pong.kind, Received::Kind::pong);
  EXPECT_EQ(pong.payload, "between");
  EXPECT_FRAME(client, kHeartbeatReply);
}

TEST_F(FrameTest, bytes_may_come_one_by_one) {
  serve();
  WebSocketClient client = connect();
  for (const char byte :
       raw_frame(0x01, "[null") + raw_frame(0x89, "p") + raw_frame(0x80, R"(,"1","phoenix","heartbeat",{}])"))
    client.raw({&byte, 1});
  EXPECT_EQ(client.next().kind, Received::Kind::pong);
  EXPECT_FRAME(client, kHeartbeatReply);
}

TEST_F(FrameTest, a_ping_is_answered_with_its_payload_and_a_pong_is_ignored) {
  serve();
  WebSocketClient client = connect();
  for (const std::string& payload : {std::string(), std::string("123"), std::string(125, '\xfe')}) {
    client.frame(ws::Opcode::pong, payload);
    client.frame(ws::Opcode::ping, payload);
    const Received pong = client.next();
    EXPECT_EQ(pong.kind, Received::Kind::pong);
    EXPECT_EQ(pong.payload, payload);
  }
}

TEST_F(FrameTest, a_close_code_is_echoed) {
  serve();
  for (const std::uint16_t code : {1000, 1001, 1011, 3000, 3001, 4999}) {
    WebSocketClient client = connect();
    client.close(code);
    EXPECT_EQ(client.next_close(), code);
    EXPECT_EQ(client.next().kind, Received::Kind::eof);
  }
  WebSocketClient client = connect();
  client.close(std::nullopt);
  const Received answer = client.next();
  EXPECT_EQ(answer.kind, Received::Kind::close);
  EXPECT_EQ(answer.close_code, ws::close_code::kNoStatus) << "without a code, none comes back";
}

TEST_F(FrameTest, replies_to_what_came_before_a_close_are_sent_before_it) {
  serve();
  WebSocketClient client = connect();
  client.raw(raw_frame(0x81, kHeartbeat) + raw_frame(0x88, std::string("\x03\xe8", 2)) + raw_frame(0x81, kHeartbeat));
  EXPECT_FRAME(client, kHeartbeatReply);
  EXPECT_EQ(client.next_close(), 1000);
  EXPECT_EQ(client.next().kind, Received::Kind::eof) << "what comes after a close is ignored";
}

TEST_F(FrameTest, messages_up_to_the_limit_pass) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload& payload) {
    return channel.reply_ok({{"size", payload.raw().size()}});
  };
  serve();
  WebSocketClient client = joined("room:a");
  std::string message = R"(["1","2","room:a","ev",{"a":")";
  message.append(10'000'000 - message.size() - 3, 'x') += R"("}])";
  ASSERT_EQ(message.size(), 10'000'000u);
  client.text(message);
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"size":9999976}}])");
  client.raw(raw_frame(0x01, message.substr(0, 5'000'000)) + raw_frame(0x80, message.substr(5'000'000)));
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"size":9999976}}])");
}

TEST_F(FrameTest, a_message_over_the_limit_closes_with_1009_by_its_header_alone) {
  serve();
  EXPECT_EQ(code_after(std::string("\x81\xff\0\0\0\0\0\x98\x96\x81\0\0\0\0", 14)), 1009);
  EXPECT_EQ(code_after(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14)), 1009);
  const std::string part(4'000'000, ' ');
  WebSocketClient client = connect();
  client.raw(raw_frame(0x01, part) + raw_frame(0x00, part) + std::string("\x80\xff\0\0\0\0\0\x1e\x84\x81\0\0\0\0", 14));
  EXPECT_EQ(client.next_close(), 1009) << "the limit is for all fragments together";
}

TEST_F(FrameTest, the_limit_can_be_set) {
  socket_options.max_frame_size = 100;
  serve();
  EXPECT_EQ(code_after(raw_frame(0x82, std::string(101, ' '))), 1009);
  EXPECT_EQ(code_after(raw_frame(0x82, std::string(100, ' '))), 1011) << "undecodable, but not too big";
}

}  // namespace
}  // namespace suzaku::test

// permessage-deflate: off unless offered, asked for, and then in both directions.

#include <string>

#include "server_test.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

const WebSocketClient::Headers kOffer = {{"Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"}};

class CompressionTest : public ServerTest {
 protected:
  CompressionTest() { socket_options.compress = true; }
  static void send_compressed(WebSocketClient& client, std::string_view text) {
    ws::Deflater deflater;
    client.raw(ws::make_masked_frame(ws::Opcode::text, deflater.deflate(text), {9, 8, 7, 6}, true).view());
  }
  /// Whether the next bytes are those of a frame with RSV1. Takes the first byte of it.
  static bool next_is_compressed(WebSocketClient& client) {
    return (static_cast<unsigned char>(client.tcp().read_some().at(0)) & 0x40) != 0;
  }
};

TEST_F(CompressionTest, is_not_agreed_on_unless_the_server_wants_it) {
  socket_options.compress = false;
  serve();
  WebSocketClient client = connect(kTarget, kOffer);
  EXPECT_FALSE(client.header("sec-websocket-extensions"));
  send_compressed(client, R"([null,"1","phoenix","heartbeat",{}])");
  EXPECT_EQ(client.next_close(), 1002);
}

TEST_F(CompressionTest, is_not_agreed_on_unless_the_client_asks) {
  serve();
  WebSocketClient client = connect();
  EXPECT_FALSE(client.header("sec-websocket-extensions"));
  EXPECT_FALSE(
      connect(kTarget, {{"Sec-WebSocket-Extensions", "x-webkit-deflate-frame"}}).header("sec-websocket-extensions"));
  client.join("room:a");
  client.push("1", "2", "room:a", "ev", R"({"a":")" + std::string(5000, 'x') + R"("})");
  const std::string reply = client.tcp().read_until("}]");
  EXPECT_FALSE(reply.at(0) & 0x40) << "RSV1";
  send_compressed(client, R"([null,"1","phoenix","heartbeat",{}])");
  EXPECT_EQ(client.next_close(), 1002);
}

TEST_F(CompressionTest, goes_both_ways) {
  serve();
  WebSocketClient client = connect(kTarget, kOffer);
  EXPECT_TRUE(client.header("sec-websocket-extensions").value_or("").starts_with("permessage-deflate"));
  client.join("room:a");
  const std::string payload = R"({"a":")" + std::string(5000, 'x') + R"("})";
  send_compressed(client, R"(["1","2","room:a","ev",)" + payload + "]");
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":)" + payload + "}]");
  client.push("1", "3", "room:a", "ev", payload);
  const std::string reply = client.tcp().read_some();
  EXPECT_TRUE(reply.at(0) & 0x40) << "RSV1";
  EXPECT_LT(reply.size(), 200u);
}

TEST_F(CompressionTest, takes_compressed_fragments_and_plain_messages_too) {
  serve();
  WebSocketClient client = connect(kTarget, kOffer);
  ws::Deflater deflater;
  const std::string whole(deflater.deflate(R"([null,"1","phoenix","heartbeat",{}])"));
  std::string first(ws::make_masked_frame(ws::Opcode::text, whole.substr(0, 5), {1, 2, 3, 4}, true).view());
  first[0] = static_cast<char>(first[0] & 0x7f);  // not the last one
  client.raw(first);
  client.frame(ws::Opcode::ping, "x");
  client.frame(ws::Opcode::continuation, whole.substr(5));
  EXPECT_EQ(client.next().kind, Received::Kind::pong);
  EXPECT_FRAME(client, R"([null,"1","phoenix","phx_reply",{"status":"ok","response":{}}])");
  expect_nothing_waits(client);
}

TEST_F(CompressionTest, a_broadcast_reaches_clients_with_and_without_it) {
  serve();
  WebSocketClient with = connect(kTarget, kOffer);
  WebSocketClient without = connect();
  WebSocketClient old = connect("/socket/websocket");
  with.join("room:a");
  without.join("room:a");
  old.text(R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1"})");
  old.next_text();
  const std::string text(3000, 'y');
  for (int i = 0; i < 3; ++i) endpoint().broadcast("room:a", "news", {{"text", text}, {"i", i}});
  for (int i = 0; i < 3; ++i) {
    const std::string payload = R"({"text":")" + text + R"(","i":)" + std::to_string(i) + "}";
    EXPECT_FRAME(with, R"([null,null,"room:a","news",)" + payload + "]");
    EXPECT_FRAME(without, R"([null,null,"room:a","news",)" + payload + "]");
    EXPECT_FRAME(old, R"({"topic":"room:a","event":"news","ref":null,"payload":)" + payload + "}");
  }
  endpoint().broadcast("room:a", "news", {{"text", text}});
  EXPECT_TRUE(next_is_compressed(with));
  EXPECT_FALSE(next_is_compressed(without));
}

TEST_F(CompressionTest, a_small_message_cannot_become_a_huge_one) {
  serve();
  WebSocketClient client = connect(kTarget, kOffer);
  send_compressed(client, std::string(50'000'000, ' '));
  EXPECT_EQ(client.next_close(), 1009);
}

TEST_F(CompressionTest, corrupt_data_closes_with_1007) {
  serve();
  WebSocketClient client = connect(kTarget, kOffer);
  client.raw(ws::make_masked_frame(ws::Opcode::text, "\xff\xff\xff\xff", {1, 2, 3, 4}, true).view());
  EXPECT_EQ(client.next_close(), 1007);
}

}  // namespace
}  // namespace suzaku::test

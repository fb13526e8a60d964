// Messages that do not come whole: what all connections together may hold of them.

#include <string>
#include <vector>

#include "server_test.hpp"
#include "ws/deflate.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

class UnfinishedTest : public ServerTest {
 protected:
  UnfinishedTest() {
    socket_options.max_frame_size = 4 * kMegabyte;
    endpoint_options.max_unfinished_bytes = 4 * kMegabyte;
  }
  /// A push with this number of bytes of text, as a frame.
  static std::string frame(std::size_t size) {
    const std::string message = R"(["1","2","room:a","ev",{"text":")" + std::string(size, 'x') + R"("}])";
    return std::string(ws::make_masked_frame(ws::Opcode::text, message, {1, 2, 3, 4}).view());
  }
  static std::string fragment(std::string_view payload) {
    std::string frame(ws::make_masked_frame(ws::Opcode::text, payload, {1, 2, 3, 4}).view());
    frame[0] = '\x01';  // without FIN
    return frame;
  }
};

TEST_F(UnfinishedTest, who_finds_no_room_is_told_to_try_again_and_the_others_are_served) {
  constexpr std::size_t kClients = 6;
  serve();
  WebSocketClient witness = joined("room:a");
  const std::string message = frame(2 * kMegabyte);
  std::vector<WebSocketClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(joined("room:a"));
    clients.back().raw(std::string_view(message).substr(0, message.size() - 1));
  }
  await([&] { return endpoint().stats().sockets < kClients + 1; }, "the first that finds no room");
  expect_nothing_waits(witness);
  std::size_t refused = 0;
  for (WebSocketClient& client : clients) {
    client.raw(std::string_view(message).substr(message.size() - 1));
    const Received received = client.next();
    if (received.kind == Received::Kind::text) continue;
    EXPECT_EQ(received.close_code, 1013);
    ++refused;
  }
  EXPECT_GE(refused, 1U);
  EXPECT_LT(refused, kClients);
}

TEST_F(UnfinishedTest, room_comes_back_with_the_end_of_a_message_or_of_its_connection) {
  serve();
  WebSocketClient client = joined("room:a");
  const std::string message = frame(3 * kMegabyte);
  for (int round = 0; round < 3; ++round) {
    client.raw(message);
    EXPECT_GT(client.next_text().size(), 3 * kMegabyte);
    WebSocketClient vanishing = joined("room:a");
    vanishing.raw(message.substr(0, message.size() / 2));
    vanishing.tcp().reset();
    await([&] { return endpoint().stats().sockets == 1; }, "end of the vanished");
  }
}

TEST_F(UnfinishedTest, small_messages_may_come_in_pieces_when_nothing_is_left) {
  socket_options.max_frame_size = endpoint_options.max_unfinished_bytes = 20'000;
  serve();
  std::vector<WebSocketClient> clients;
  const std::string message = frame(10'000);
  for (int i = 0; i < 50; ++i) {
    clients.push_back(joined("room:a"));
    clients.back().raw(message.substr(0, 9'000));
  }
  for (WebSocketClient& client : clients) {
    client.raw(message.substr(9'000));
    EXPECT_GT(client.next_text().size(), 10'000U);
  }
}

TEST_F(UnfinishedTest, what_is_being_decompressed_counts_too) {
  socket_options.compress = true;
  endpoint_options.max_unfinished_bytes = 8 * kMegabyte;  // as it came and inflated, a message may be held twice
  serve();
  const auto compressing = [&] {
    return connect("/socket/websocket?vsn=2.0.0", {{"Sec-WebSocket-Extensions", "permessage-deflate"}});
  };
  ws::Deflater deflater;
  const std::string bomb(
      deflater.deflate(R"([null,"1","phoenix","heartbeat",{"a":")" + std::string(3 * kMegabyte, 'x') + "\"}]"));
  const auto send_bomb = [&](WebSocketClient& client) {
    client.raw(ws::make_masked_frame(ws::Opcode::text, bomb, {1, 2, 3, 4}, true).view());
  };
  WebSocketClient alone = compressing();
  send_bomb(alone);
  EXPECT_NE(alone.next_text().find("phx_reply"), std::string::npos);

  std::vector<WebSocketClient> holding;
  for (int i = 0; i < 2; ++i) {
    holding.push_back(connect());
    holding.back().raw(fragment(std::string(3 * kMegabyte, 'x')));
    holding.back().frame(ws::Opcode::ping, "");
    EXPECT_EQ(holding.back().next().kind, Received::Kind::pong);
  }
  WebSocketClient refused = compressing();
  send_bomb(refused);
  EXPECT_EQ(refused.next_close(), 1013);
}

TEST(EndpointTest, a_message_may_not_be_larger_than_all_that_is_unfinished) {
  server::Endpoint endpoint({.max_unfinished_bytes = 1000});
  EXPECT_THROW(endpoint.socket("/socket", {.max_frame_size = 1001}), std::invalid_argument);
  EXPECT_NO_THROW(endpoint.socket("/socket", {.max_frame_size = 1000}));
  EXPECT_THROW(endpoint.socket("/deflate", {.max_frame_size = 501, .compress = true}), std::invalid_argument);
  EXPECT_NO_THROW(endpoint.socket("/deflate", {.max_frame_size = 500, .compress = true}));
}

}  // namespace
}  // namespace suzaku::test

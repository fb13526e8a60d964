// Many operations at once.
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"

namespace suzaku::client::real {
namespace {

TEST(Load, ten_thousand_pushes_in_flight_are_answered_each_once) {
  constexpr std::size_t kPushes = 10'000;
  ServerProcess server;
  std::vector<std::atomic<int>> answers(kPushes);  // outlives the socket, whose callbacks count here
  Socket socket(server.url(), [] {
    SocketOptions options = quick_options();
    options.max_buffered = kPushes;  // what the network does not take at once waits
    return options;
  }());
  ok(socket.connect());
  Channel room = joined(socket, "room:1");
  std::vector<Push> pushes;
  for (std::size_t i = 0; i < kPushes; ++i) {
    pushes.push_back(room.push("reply_later", {{"i", i}}));
    pushes.back().then([&answers, i](const Reply&) { ++answers[i]; });
  }
  for (std::size_t i = 0; i < kPushes; ++i) ASSERT_EQ(ok(pushes[i]).response.json().at("i"), Json(i));
  ok(room.push("echo"));  // whose callbacks come after theirs
  for (std::size_t i = 0; i < kPushes; ++i) ASSERT_EQ(answers[i], 1) << i;
  const Metrics metrics = socket.metrics();
  EXPECT_EQ(metrics.pushes_ok, kPushes + 1);
  EXPECT_EQ(metrics.in_flight, 0U);
  EXPECT_EQ(metrics.buffered, 0U);
  EXPECT_EQ(metrics.stray_replies, 0U);
}

TEST(Load, five_hundred_sockets_share_one_thread) {
  constexpr int kSockets = 500;
  ServerProcess server;
  Runtime runtime;
  std::vector<std::unique_ptr<Socket>> sockets;
  std::vector<Push> echoes;
  for (int i = 0; i < kSockets; ++i) {
    sockets.push_back(std::make_unique<Socket>(server.url(), quick_options(runtime)));
    sockets.back()->connect();
    Channel room = sockets.back()->channel("room:" + std::to_string(i % 7));
    room.join();
    echoes.push_back(room.push("echo", {{"i", i}}));
  }
  for (int i = 0; i < kSockets; ++i)
    ASSERT_EQ(ok(echoes[static_cast<std::size_t>(i)]).response.json().at("i"), Json(i));
  for (const auto& socket : sockets) {
    EXPECT_TRUE(socket->is_connected());
    EXPECT_EQ(socket->metrics().connects, 1U);
    EXPECT_EQ(socket->metrics().joins, 1U);
  }
}

}  // namespace
}  // namespace suzaku::client::real

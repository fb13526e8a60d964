#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Messages keep their order, and many at once are not mixed up.
class Order : public ClientTest {
 protected:
  static Payload number(int n) { return Payload{{"n", n}}; }
  /// The next frames are pushes of these numbers.
  static void expect_numbers(const testing::Connection& connection, int first, int last) {
    for (int n = first; n <= last; ++n) {
      const testing::Request push = connection.expect_frame();
      ASSERT_EQ(push.payload().raw(), number(n).raw());
      push.reply_ok();
    }
  }
};

TEST_F(Order, of_pushes_outlasts_a_network_that_takes_no_more) {
  Socket slow{"ws://test/socket", server.options({.max_unsent = 300})};
  slow.connect();
  testing::Connection connection = server.accept();
  Channel room = slow.channel("room:1");
  room.join();
  connection.expect_join("room:1").reply_ok();
  const auto push = [&](int first, int last) {
    for (int n = first; n <= last; ++n) room.push("say", number(n), {.timeout = 1h, .resend = Resend::at_least_once});
  };
  connection.stall();
  push(1, 50);
  server.run();
  EXPECT_GT(room.buffered(), 0u);
  EXPECT_LT(room.buffered(), 50u);
  push(51, 60);
  connection.drain();
  expect_numbers(connection, 1, 60);

  connection.stall();
  push(61, 99);
  server.run();
  EXPECT_GT(room.buffered(), 0u);
  connection.lose();  // what was sent goes before what waits
  server.advance(1s);
  connection = server.accept();
  connection.expect_join("room:1").reply_ok();
  expect_numbers(connection, 61, 99);
}

TEST_F(Order, of_pushes_outlasts_two_drained_servers) {
  testing::Connection connection = connect();
  Channel room = joined(connection);
  const PushOptions safe{.timeout = 1h, .resend = Resend::at_least_once};
  std::vector<Push> pushes;
  const auto push = [&](int n) { pushes.push_back(room.push("say", number(n), safe)); };
  push(1);
  push(2);
  connection.expect_push("room:1", "say", number(1)).reply_ok();
  connection.close(1012);
  push(3);
  server.advance(5s);
  connection = server.accept();
  connection.expect_join("room:1");
  push(4);
  connection.close(1012);  // before it has answered
  push(5);
  server.advance(5s);
  connection = server.accept();
  connection.expect_join("room:1").reply_ok();
  push(6);
  expect_numbers(connection, 2, 6);
  connection.expect_nothing();
  for (const Push& push : pushes) EXPECT_TRUE(server.reply_of(push).ok());
}

TEST_F(Order, of_answers_may_be_any_among_ten_thousand) {
  constexpr int kMany = 10'000;
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::vector<Push> pushes;
  std::vector<testing::Request> requests;
  for (int n = 0; n < kMany; ++n) pushes.push_back(room.push("ask", number(n)));
  for (int n = 0; n < kMany; ++n) requests.push_back(connection.expect_frame());
  std::ranges::shuffle(requests, std::mt19937(1));
  for (const testing::Request& request : requests) request.reply_ok(request.payload());
  for (int n = 0; n < kMany; ++n)
    ASSERT_EQ(server.reply_of(pushes[static_cast<std::size_t>(n)]).response.raw(), number(n).raw());
  EXPECT_EQ(socket.metrics().in_flight, 0u);
}

TEST_F(Order, ten_thousand_channels_each_get_their_own_messages) {
  constexpr int kMany = 10'000;
  const testing::Connection connection = connect();
  std::vector<int> heard(kMany);
  for (int n = 0; n < kMany; ++n) {
    Channel room = socket.channel("room:" + std::to_string(n));
    room.on("news", [&heard, n](const Message&) { ++heard[static_cast<std::size_t>(n)]; });
    room.join();
  }
  for (int n = 0; n < kMany; ++n) connection.expect_frame().reply_ok();
  EXPECT_EQ(socket.metrics().joins, static_cast<std::uint64_t>(kMany));
  for (int n = 0; n < kMany; ++n) connection.push("room:" + std::to_string(n), "news");
  EXPECT_EQ(heard, std::vector<int>(kMany, 1));
}

TEST_F(Order, ten_thousand_channels_lose_the_connection_and_each_push_learns_it_once) {
  constexpr int kMany = 10'000;
  constexpr int kPushes = 10;
  const testing::Connection connection = connect();
  int lost = 0;
  for (int n = 0; n < kMany; ++n) socket.channel("room:" + std::to_string(n)).join();
  for (int n = 0; n < kMany; ++n) connection.expect_frame().reply_ok();
  for (int n = 0; n < kMany; ++n) {
    Channel room = socket.channel("room:" + std::to_string(n));
    for (int i = 0; i < kPushes; ++i) room.push("ask").receive("disconnected", [&](const Payload&) { ++lost; });
  }
  server.run();
  EXPECT_EQ(socket.metrics().in_flight, static_cast<std::uint64_t>(kMany * kPushes));
  connection.lose();
  EXPECT_EQ(lost, kMany * kPushes);
  EXPECT_EQ(socket.metrics().in_flight, 0u);
}

}  // namespace
}  // namespace suzaku::client

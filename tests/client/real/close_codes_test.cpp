// The server sends a close frame: which codes make the client reconnect, and when, as suzaku/client/reconnect.hpp says.
#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "real.hpp"
#include "served_phoenix.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

constexpr auto kBackoff = 30ms;
constexpr auto kSpread = 70ms;

SocketOptions options_with_two_delays() {
  SocketOptions options = quick_options();
  options.reconnect.backoff = ListBackoff{.delays = {kBackoff}, .jitter = 0};
  options.reconnect.spread = kSpread;
  return options;
}

/// A server that lets a channel join, closes with this code, and serves the next connection well; and a client of it.
class Closed {
 public:
  explicit Closed(std::optional<std::uint16_t> code) : code_(code) {
    socket_.on_close([this](const Disconnect& reason) { closes.add(reason); });
    socket_.on_reconnect([this](const Socket::Reconnecting& next) { delays.add(next.delay); });
    socket_.on_give_up([this](const Disconnect& reason) { give_ups.add(reason); });
    channel.on_join([this](const Joined& joined) { joins.add(joined.is_rejoin); });
    channel.join();
    socket_.connect();
    EXPECT_FALSE(joins.next());
  }

  void expect_rejoin() {
    EXPECT_TRUE(joins.next());
    ok(channel.push("echo"));
    EXPECT_EQ(give_ups.size(), 0U);
  }
  Socket& socket() { return socket_; }

  test::Inbox<Disconnect> closes;
  test::Inbox<std::chrono::milliseconds> delays;
  test::Inbox<Disconnect> give_ups;
  test::Inbox<bool> joins;

 private:
  void serve(test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    if (!is_first_) return phoenix.answer_all();
    is_first_ = false;
    phoenix.answer();
    phoenix.websocket().close(code_, "because");
    phoenix.websocket().next();
  }

  const std::optional<std::uint16_t> code_;
  bool is_first_ = true;
  test::ScriptedServer server_{[this](test::ServedConnection& connection) { serve(connection); }};
  Socket socket_{url_of(server_.port()), options_with_two_delays()};

 public:
  Channel channel = socket_.channel("room:1");
};

class Comes : public testing::TestWithParam<std::uint16_t> {};
INSTANTIATE_TEST_SUITE_P(At, Comes, testing::Values(1000, 1001, 1012));

TEST_P(Comes, back_soon_after_a_friendly_code) {
  Closed closed(GetParam());
  const Disconnect reason = closed.closes.next();
  EXPECT_EQ(reason.kind, Disconnect::Kind::closed);
  EXPECT_EQ(reason.code, GetParam());
  EXPECT_NE(reason.message.find("because"), std::string::npos) << reason.message;
  EXPECT_LE(closed.delays.next(), kSpread);
  closed.expect_rejoin();
}

TEST(CloseCodes, try_again_later_means_later) {
  Closed closed(1013);
  EXPECT_EQ(closed.closes.next().code, 1013);
  EXPECT_GE(closed.delays.next(), kSpread);
  closed.expect_rejoin();
}

class BacksOff : public testing::TestWithParam<std::optional<std::uint16_t>> {};
INSTANTIATE_TEST_SUITE_P(After, BacksOff, testing::Values(std::nullopt, 1002, 1009, 1011, 4000));

TEST_P(BacksOff, and_comes_back) {
  Closed closed(GetParam());
  EXPECT_EQ(closed.closes.next().code, GetParam().value_or(1005));
  EXPECT_EQ(closed.delays.next(), kBackoff);
  closed.expect_rejoin();
}

class Stops : public testing::TestWithParam<std::uint16_t> {};
INSTANTIATE_TEST_SUITE_P(At, Stops, testing::Values(1008, 3000));

TEST_P(Stops, where_it_is_not_wanted) {
  Closed closed(GetParam());
  EXPECT_EQ(closed.closes.next().code, GetParam());
  const Disconnect reason = closed.give_ups.next();
  EXPECT_EQ(reason.kind, Disconnect::Kind::closed);
  EXPECT_EQ(reason.code, GetParam());
  EXPECT_EQ(closed.socket().status(), Socket::Status::disconnected);
  EXPECT_EQ(closed.delays.size(), 0U);
  EXPECT_EQ(closed.socket().metrics().attempts, 1U);
  ok(closed.socket().connect());  // unless connect() is called
  closed.expect_rejoin();
}

}  // namespace
}  // namespace suzaku::client::real

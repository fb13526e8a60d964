// When a lost connection is made again, and when it is given up.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

constexpr client::Disconnect kNoServer{.kind = client::Disconnect::Kind::connect_failed, .message = "nobody is there"};

/// Loses a connection that had lasted, then fails each attempt. Gives the delays before the next ones, until the
/// connection has failed.
std::vector<double> delays_until_failed(std::uint64_t seed, ConnectionOptions options) {
  kit::Server server({.seed = seed});
  signals::SignalBus bus;
  auto reconnecting = bus.subscribe_type("suzaku.connection.reconnecting");
  auto failed = bus.subscribe_type("suzaku.connection.failed");
  options.socket.runtime = server.runtime();
  const Connection connection(bus, std::move(options));
  const kit::Connection wire = server.accept();
  server.advance(10s);
  wire.lose();
  std::vector<double> delays;
  while (const auto signal = reconnecting.take()) {
    EXPECT_EQ(signal->data.json().at("attempt"), delays.size() + 1);
    const auto delay = std::chrono::milliseconds(signal->data.json().at("delay_ms").to_number<int>());
    server.advance(delay - 1ms);
    server.refute_attempt();
    server.advance(1ms);
    delays.push_back(static_cast<double>(delay.count()));
    server.next_attempt().fail(kNoServer);
  }
  EXPECT_TRUE(failed.take());
  EXPECT_EQ(connection.status(), Status::disconnected);
  server.advance(24h);
  server.refute_attempt();
  return delays;
}

TEST(Backoff, is_1_s_times_1_5_up_to_30_s_give_or_take_a_quarter_over_10_tries) {
  constexpr int kSeeds = 400;
  std::vector<double> sums(10);
  double least = 1;
  double most = 1;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto delays = delays_until_failed(seed, {.name = "backend", .uri = "ws://test/socket"});
    ASSERT_EQ(delays.size(), 10u);
    for (std::size_t i = 0; i < delays.size(); ++i) {
      const double factor = delays[i] / std::min(1000 * std::pow(1.5, i), 30'000.0);
      ASSERT_GE(factor, 0.749);  // delays are whole milliseconds
      ASSERT_LE(factor, 1.251);
      least = std::min(least, factor);
      most = std::max(most, factor);
      sums[i] += factor;
    }
  }
  for (const double sum : sums) EXPECT_NEAR(sum / kSeeds, 1, 0.03);  // about 4 times the standard error
  EXPECT_LT(least, 0.76);
  EXPECT_GT(most, 1.24);
}

TEST(Backoff, of_a_list_repeats_its_last_value) {
  const auto delays = delays_until_failed(1, {.name = "backend",
                                              .uri = "ws://test/socket",
                                              .max_retries = 5,
                                              .backoff = client::ListBackoff{.delays = {100ms, 500ms}, .jitter = 0}});
  EXPECT_EQ(delays, (std::vector<double>{100, 500, 500, 500, 500}));
}

class BackoffTest : public BridgeTest {
 protected:
  /// Without jitter, in milliseconds.
  std::int64_t next_delay() {
    for (const auto& signal : signals()) {
      if (signal->type == "suzaku.connection.reconnecting") return signal->data.json().at("delay_ms").as_int64();
    }
    return -1;
  }
};

TEST_F(BackoffTest, restarts_once_a_connection_has_lasted) {
  const Connection connection(bus, options());
  server.run();
  for (const std::int64_t delay : {1'000, 1'500, 2'250}) {
    server.next_attempt().fail(kNoServer);
    EXPECT_EQ(next_delay(), delay);
    server.advance(std::chrono::milliseconds(delay));
  }
  kit::Connection wire = server.accept();
  server.advance(10s);
  wire.lose();
  EXPECT_EQ(next_delay(), 1'000);
  EXPECT_EQ(connection.health().at("attempt"), 1);
}

TEST_F(BackoffTest, ends_in_failed_and_a_signal) {
  auto given = options();
  given.max_retries = 2;
  Connection connection(bus, given);
  server.run();
  server.next_attempt().fail(kNoServer);
  server.advance(1s);
  server.next_attempt().fail(kNoServer);
  const auto published = signals();
  ASSERT_EQ(published.size(), 2u);
  EXPECT_EQ(published[1]->type, "suzaku.connection.failed");
  EXPECT_TRUE(reason_of(*published[1]).starts_with("nobody is there")) << reason_of(*published[1]);
  EXPECT_EQ(connection.status(), Status::disconnected);
  EXPECT_EQ(connection.health().at("has_failed"), true);
  EXPECT_EQ(connection.health().at("metrics").at("attempts"), 2);
  EXPECT_EQ(connection.push_event("room:1", "shout").error().kind, PushError::Kind::stopped);
  EXPECT_EQ(server.reply_of(connection.join_channel("room:1")).outcome, Outcome::closed);
}

TEST_F(BackoffTest, has_no_end_when_max_retries_is_0) {
  auto given = options();
  given.max_retries = 0;
  const Connection connection(bus, given);
  server.run();
  for (int i = 0; i < 200; ++i) {
    server.next_attempt().fail(kNoServer);
    server.advance(std::chrono::milliseconds(next_delay()));
  }
  EXPECT_EQ(connection.status(), Status::connecting);
}

TEST_F(BackoffTest, is_none_without_reconnect) {
  auto given = options();
  given.reconnect = false;
  const Connection connection(bus, given);
  accept().lose();
  EXPECT_EQ(types(), (Types{"connection.connected", "connection.disconnected", "connection.failed"}));
}

}  // namespace
}  // namespace suzaku::bridge

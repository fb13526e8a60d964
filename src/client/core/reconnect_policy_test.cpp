#include "client/core/reconnect_policy.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::client::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Kind = Disconnect::Kind;

constexpr double kMiddle = 0.5;  // no jitter

Disconnect closed(std::uint16_t code) {
  return {.kind = Kind::closed, .code = code};
}
Disconnect refused(int status, std::optional<milliseconds> retry_after = {}) {
  return {.kind = Kind::refused, .http_status = status, .retry_after = retry_after};
}
Disconnect failed(Kind kind = Kind::connect_failed) {
  return {.kind = kind};
}

/// A policy with a clock of the test.
struct Policy {
  explicit Policy(ReconnectOptions given = {}) : options(std::move(given)) { policy.start(now); }

  Decision fail(const Disconnect& reason, double random = kMiddle, bool fresh = false) {
    return policy.on_failure(reason, now, random, fresh);
  }
  /// Waits for the delay of the policy, connects, and loses the connection after `lasted`.
  Decision open_and_lose(const Disconnect& reason, milliseconds lasted, double random = kMiddle) {
    policy.on_open(now);
    now += lasted;
    return fail(reason, random);
  }

  ReconnectOptions options;
  ReconnectPolicy::TimePoint now{1h};
  int thrown = 0;
  ReconnectPolicy policy{options, [this](const std::exception_ptr&) { ++thrown; }};
};

milliseconds first_delay(const Disconnect& reason, double random = kMiddle, bool fresh = false) {
  const Decision decision = Policy().fail(reason, random, fresh);
  EXPECT_TRUE(decision.retry) << decision.why;
  EXPECT_EQ(decision.attempt, 1);
  return decision.delay;
}

std::string why_not(const Disconnect& reason, bool fresh = false) {
  const Decision decision = Policy().fail(reason, kMiddle, fresh);
  EXPECT_FALSE(decision.retry);
  return decision.why;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ReconnectPolicy, stops_when_the_server_says_unauthorized_unless_the_credentials_may_change) {
  for (const int status : {401, 403}) {
    EXPECT_TRUE(holds(why_not(refused(status)), "HTTP " + std::to_string(status))) << why_not(refused(status));
    EXPECT_TRUE(holds(why_not(refused(status)), "the params and the token are the same at each attempt"));
    EXPECT_EQ(first_delay(refused(status), kMiddle, true), 1s);
  }
}

TEST(ReconnectPolicy, stops_when_no_attempt_can_help) {
  for (const int status : {300, 301, 302, 307, 308, 400, 402, 404, 405, 410, 421, 426, 451, 499})
    for (const bool fresh : {false, true})
      EXPECT_TRUE(holds(why_not(refused(status), fresh), "would refuse it again")) << status;
}

TEST(ReconnectPolicy, backs_off_when_the_server_is_busy) {
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 599}) EXPECT_EQ(first_delay(refused(status)), 1s);
}

TEST(ReconnectPolicy, obeys_a_retry_after_that_is_longer_than_its_backoff) {
  for (const int status : {408, 425, 429, 500, 503}) {
    EXPECT_EQ(first_delay(refused(status, 7s)), 7s);
    EXPECT_EQ(first_delay(refused(status, 10ms)), 1s);
    EXPECT_EQ(first_delay(refused(status, -10ms)), 1s);
    EXPECT_EQ(first_delay(refused(status, 24h)), 1h);
    EXPECT_EQ(first_delay(refused(status, milliseconds::max())), 1h);
  }
  for (const int status : {401, 403}) EXPECT_EQ(first_delay(refused(status, 7s), kMiddle, true), 7s);
  for (const int status : {301, 401, 403, 404, 426})
    EXPECT_EQ(Policy({.stop_when_refused = false}).fail(refused(status, 7s)).delay, 7s) << status;
}

TEST(ReconnectPolicy, spreads_attempts_after_a_normal_close) {
  for (const std::uint16_t code : {1000, 1001, 1012}) {
    EXPECT_EQ(first_delay(closed(code), 0), 0ms);
    EXPECT_EQ(first_delay(closed(code), 0.5), 2500ms);
    EXPECT_EQ(first_delay(closed(code), 1), 5s);
  }
  EXPECT_EQ(Policy({.spread = 0ms}).fail(closed(1012), 1).delay, 0ms);
}

TEST(ReconnectPolicy, has_clients_come_back_evenly_after_a_restart) {
  constexpr int kClients = 20'000;
  constexpr int kBuckets = 10;
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::array<int, kBuckets> buckets{};
  for (int i = 0; i < kClients; ++i) {
    Policy client;
    const Decision decision = client.open_and_lose(closed(1012), 1min, uniform(generator));
    ASSERT_GE(decision.delay, 0ms);
    ASSERT_LE(decision.delay, 5s);
    ++buckets.at(std::min<std::size_t>(static_cast<std::size_t>(decision.delay / 500ms), kBuckets - 1));
  }
  for (const int bucket : buckets) EXPECT_NEAR(bucket, kClients / kBuckets, 250);  // about 6 standard deviations
}

TEST(ReconnectPolicy, waits_for_the_spread_at_least_after_try_again_later) {
  EXPECT_EQ(first_delay(closed(1013), 0), 5s);
  EXPECT_EQ(first_delay(closed(1013), 1), 10s) << "not everyone at the same moment";
  Policy client({.backoff = ExponentialBackoff{.first = 20s, .max = 20s, .jitter = 0}});
  EXPECT_EQ(client.fail(closed(1013)).delay, 20s);
}

TEST(ReconnectPolicy, stops_at_stop_codes_before_all_else) {
  EXPECT_TRUE(holds(why_not(closed(1008)), "code 1008"));
  EXPECT_TRUE(holds(why_not(closed(3000)), "no attempt follows"));
  EXPECT_FALSE(Policy({.stop_codes = {1000, 4321}}).fail(closed(1000)).retry);
  EXPECT_FALSE(Policy({.stop_codes = {1000, 4321}}).fail(closed(4321)).retry);
  EXPECT_TRUE(Policy({.stop_codes = {}}).fail(closed(1008)).retry);
}

TEST(ReconnectPolicy, backs_off_from_all_refusals_without_stop_when_refused) {
  for (const Disconnect& reason : {refused(301), refused(401), refused(403), refused(404), refused(410), refused(426),
                                   closed(1008), closed(3000)}) {
    Policy client(
        {.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .max = 4s, .jitter = 0}, .stop_when_refused = false});
    for (const milliseconds expected : {1s, 2s, 4s, 4s}) EXPECT_EQ(client.fail(reason).delay, expected);
  }
  EXPECT_EQ(why_not(failed(Kind::requested)), "disconnect() was called");
  EXPECT_FALSE(Policy({.max_attempts = 1, .stop_when_refused = false}).fail(refused(404)).retry);
}

TEST(ReconnectPolicy, backs_off_after_everything_else) {
  for (const std::uint16_t code : {1002, 1003, 1005, 1006, 1007, 1009, 1010, 1011, 1014, 3410, 4000, 4999})
    EXPECT_EQ(first_delay(closed(code)), 1s) << code;
  for (const Kind kind :
       {Kind::resolve_failed, Kind::connect_failed, Kind::connect_timeout, Kind::tls_failed, Kind::proxy_failed,
        Kind::not_websocket, Kind::lost, Kind::heartbeat_timeout, Kind::protocol_error, Kind::credentials_failed}) {
    EXPECT_EQ(first_delay(failed(kind)), 1s) << static_cast<int>(kind);
    EXPECT_EQ(first_delay(failed(kind), 0), 750ms);
    EXPECT_EQ(first_delay(failed(kind), 1), 1250ms);
  }
  EXPECT_EQ(first_delay(refused(200)), 1s);
}

TEST(ReconnectPolicy, makes_no_attempt_after_disconnect_or_when_switched_off) {
  EXPECT_EQ(why_not(failed(Kind::requested)), "disconnect() was called");
  const Decision off = Policy({.enabled = false}).fail(failed());
  EXPECT_FALSE(off.retry);
  EXPECT_TRUE(holds(off.why, "switched off"));
}

TEST(ReconnectPolicy, backs_off_ever_more_while_attempts_fail) {
  Policy client({.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .max = 6s, .jitter = 0}});
  std::vector<milliseconds> delays;
  for (std::size_t retry = 1; retry <= 5; ++retry) {
    EXPECT_EQ(client.policy.attempt(), retry);
    const Decision decision = client.fail(failed());
    EXPECT_EQ(decision.attempt, retry);
    delays.push_back(decision.delay);
  }
  EXPECT_EQ(delays, (std::vector<milliseconds>{1s, 2s, 4s, 6s, 6s}));
}

TEST(ReconnectPolicy, backs_off_ever_more_while_connections_open_and_die) {
  for (const Disconnect& reason : {failed(Kind::lost), closed(1011)}) {
    Policy client({.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .jitter = 0}});
    for (const milliseconds expected : {1s, 2s, 4s, 8s, 16s, 30s, 30s})
      EXPECT_EQ(client.open_and_lose(reason, 9'999ms).delay, expected);
  }
}

TEST(ReconnectPolicy, backs_off_from_a_server_that_closes_each_new_connection_normally) {
  Policy client({.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .jitter = 0}});
  for (const milliseconds expected : {2500ms, 2500ms, 4000ms, 8000ms, 16000ms, 30000ms})
    EXPECT_EQ(client.open_and_lose(closed(1000), 0ms).delay, expected);
}

TEST(ReconnectPolicy, starts_again_after_a_connection_that_lasted) {
  Policy client({.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .jitter = 0}});
  EXPECT_EQ(client.fail(failed()).delay, 1s);
  EXPECT_EQ(client.fail(failed()).delay, 2s);
  const Decision first_again = client.open_and_lose(failed(Kind::lost), 10s);
  EXPECT_EQ(first_again.delay, 1s);
  EXPECT_EQ(first_again.attempt, 1);
  EXPECT_EQ(client.policy.attempt(), 1);
  EXPECT_EQ(client.fail(failed()).delay, 2s);
}

TEST(ReconnectPolicy, counts_each_attempt_towards_max_attempts) {
  Policy client({.max_attempts = 3});
  EXPECT_TRUE(client.fail(failed()).retry);
  EXPECT_TRUE(client.open_and_lose(failed(Kind::lost), 1s).retry) << "it did not last";
  const Decision last = client.fail(failed());
  EXPECT_FALSE(last.retry);
  EXPECT_EQ(last.why, "3 attempts in a row failed");

  client.policy.start(client.now);
  EXPECT_TRUE(client.open_and_lose(failed(Kind::lost), 1min).retry);
  EXPECT_TRUE(client.fail(failed()).retry);
  EXPECT_TRUE(client.fail(failed()).retry);
  EXPECT_FALSE(client.fail(failed()).retry) << "three attempts after the one that succeeded";
  EXPECT_FALSE(Policy({.max_attempts = 1}).fail(failed()).retry);
}

TEST(ReconnectPolicy, makes_no_attempt_later_than_max_elapsed) {
  Policy client({.backoff = ListBackoff{.delays = {10s}, .jitter = 0}, .max_elapsed = 30s});
  EXPECT_TRUE(client.fail(failed()).retry);
  client.now += 20s;
  EXPECT_TRUE(client.fail(failed()).retry);
  client.now += 1ms;
  const Decision late = client.fail(failed());
  EXPECT_FALSE(late.retry);
  EXPECT_TRUE(holds(late.why, "30000 ms")) << late.why;

  EXPECT_TRUE(client.open_and_lose(failed(Kind::lost), 1min).retry) << "the time runs from the loss";
  client.now += 21s;
  EXPECT_FALSE(client.fail(failed()).retry);
}

TEST(ReconnectPolicy, asks_a_custom_backoff_instead_of_its_table) {
  std::vector<Retry> asked;
  std::optional<milliseconds> answer = 5ms;
  Policy client({.backoff = CustomBackoff([&](const Retry& retry) {
                   asked.push_back(retry);
                   return answer;
                 }),
                 .max_attempts = 5,
                 .max_elapsed = 1min});
  for (const Disconnect& reason : {refused(403), refused(404), closed(1008), closed(1012)}) {
    const Decision decision = client.fail(reason);
    EXPECT_TRUE(decision.retry);
    EXPECT_EQ(decision.delay, 5ms);
    EXPECT_EQ(&asked.back().reason, &reason);
    EXPECT_EQ(asked.back().attempt, asked.size());
    EXPECT_EQ(asked.back().elapsed, (asked.size() - 1) * 1s);
    client.now += 1s;
  }
  EXPECT_FALSE(client.fail(failed()).retry) << "max_attempts still holds";

  client.policy.start(client.now);
  answer = 61s;
  EXPECT_FALSE(client.fail(failed()).retry) << "max_elapsed still holds";
  answer = {};
  const Decision enough = client.fail(failed());
  EXPECT_FALSE(enough.retry);
  EXPECT_TRUE(holds(enough.why, "the backoff gives no more delays"));
}

TEST(ReconnectPolicy, starts_again_when_the_network_has_changed) {
  Policy client({.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .jitter = 0}, .max_attempts = 3});
  client.fail(failed());
  EXPECT_EQ(client.fail(failed()).delay, 2s);
  client.policy.wake(client.now);
  EXPECT_EQ(client.policy.attempt(), 1);
  EXPECT_EQ(client.fail(failed()).delay, 1s);
}

TEST(ReconnectPolicy, still_knows_how_long_a_connection_lasts_when_the_network_has_changed) {
  Policy client({.backoff = ExponentialBackoff{.first = 1s, .factor = 2, .jitter = 0}});
  client.fail(failed());
  client.policy.on_open(client.now);
  client.policy.wake(client.now);
  EXPECT_EQ(client.fail(failed(Kind::lost)).delay, 2s);
}

TEST(ReconnectPolicy, keeps_to_its_limits_when_a_custom_backoff_throws) {
  const CustomBackoff oops = [](const Retry&) -> std::optional<milliseconds> { throw std::runtime_error("oops"); };
  Policy few({.backoff = oops, .max_attempts = 3});
  for (const std::size_t attempt : {1, 2}) {
    const Decision decision = few.fail(failed());
    EXPECT_TRUE(decision.retry);
    EXPECT_EQ(decision.attempt, attempt);
    EXPECT_EQ(decision.delay, ExponentialBackoff{}.max);
  }
  EXPECT_NE(few.fail(failed()).why.find("attempts in a row failed"), std::string::npos);
  EXPECT_EQ(few.thrown, 2);
  Policy soon({.backoff = oops, .max_elapsed = 10s});
  EXPECT_NE(soon.fail(failed()).why.find("would come later"), std::string::npos);
}

}  // namespace
}  // namespace suzaku::client::core

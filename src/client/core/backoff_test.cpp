#include "client/core/backoff.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::client::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const Disconnect kLost{.kind = Disconnect::Kind::lost};

milliseconds delay_of(const Backoff& backoff, std::size_t attempt, double random = 0.5) {
  return delay(backoff, Retry{.attempt = attempt, .reason = kLost}, random).value();
}

std::string backoff_error(const Backoff& backoff) {
  const auto checked = check(backoff);
  return checked ? "no error" : checked.error().message;
}

TEST(Backoff, grows_by_its_factor_up_to_its_maximum) {
  const ExponentialBackoff backoff{.first = 1s, .factor = 2, .max = 5s, .jitter = 0};
  EXPECT_EQ(delay_of(backoff, 1), 1s);
  EXPECT_EQ(delay_of(backoff, 2), 2s);
  EXPECT_EQ(delay_of(backoff, 3), 4s);
  EXPECT_EQ(delay_of(backoff, 4), 5s);
  EXPECT_EQ(delay_of(backoff, 1'000'000), 5s);
}

TEST(Backoff, of_a_list_repeats_the_last) {
  const ListBackoff backoff{.delays = {10ms, 50ms, 2s}, .jitter = 0};
  EXPECT_EQ(delay_of(backoff, 1), 10ms);
  EXPECT_EQ(delay_of(backoff, 2), 50ms);
  EXPECT_EQ(delay_of(backoff, 3), 2s);
  EXPECT_EQ(delay_of(backoff, 4), 2s);
  EXPECT_EQ(delay_of(backoff, 1'000'000), 2s);
}

TEST(Backoff, knows_the_lists_of_phoenix_js) {
  EXPECT_EQ(ListBackoff{}.delays,
            (std::vector<milliseconds>{10ms, 50ms, 100ms, 150ms, 200ms, 250ms, 500ms, 1s, 2s, 5s}));
  EXPECT_EQ(ListBackoff::phoenix_rejoin_delays(), (std::vector<milliseconds>{1s, 2s, 5s, 10s}));
}

TEST(Backoff, spreads_its_jitter_evenly_to_both_sides) {
  constexpr int kDraws = 20'000;
  constexpr int kBuckets = 10;
  for (const Backoff& backoff : {Backoff(ExponentialBackoff{.first = 10s, .factor = 3, .max = 20s, .jitter = 0.25}),
                                 Backoff(ListBackoff{.delays = {10s, 20s}, .jitter = 0.25})}) {
    for (const std::size_t attempt : {1, 2, 9}) {
      const double middle = attempt == 1 ? 10'000 : 20'000;
      std::mt19937_64 generator(attempt);
      std::uniform_real_distribution<double> uniform(0, 1);
      double sum = 0;
      std::array<int, kBuckets> buckets{};
      for (int i = 0; i < kDraws; ++i) {
        const auto got = static_cast<double>(delay_of(backoff, attempt, uniform(generator)).count());
        ASSERT_GE(got, middle * 0.75);
        ASSERT_LE(got, middle * 1.25);
        sum += got;
        const auto bucket = static_cast<std::size_t>((got - middle * 0.75) / (middle * 0.5) * kBuckets);
        ++buckets.at(std::min<std::size_t>(bucket, kBuckets - 1));
      }
      EXPECT_NEAR(sum / kDraws, middle, middle * 0.005);
      for (const int bucket : buckets) EXPECT_NEAR(bucket, kDraws / kBuckets, 250);  // about 6 standard deviations
    }
  }
}

TEST(Backoff, reaches_the_ends_of_its_jitter) {
  const ListBackoff backoff{.delays = {1s}, .jitter = 1};
  EXPECT_EQ(delay_of(backoff, 1, 0), 0ms);
  EXPECT_EQ(delay_of(backoff, 1, 1), 2s);
}

TEST(Backoff, asks_a_custom_function_and_keeps_its_answer_within_limits) {
  std::size_t attempt = 0;
  Disconnect::Kind kind{};
  std::optional<milliseconds> answer = 7ms;
  const Backoff backoff = CustomBackoff([&](const Retry& retry) {
    attempt = retry.attempt;
    kind = retry.reason.kind;
    return answer;
  });
  EXPECT_EQ(delay_of(backoff, 42), 7ms);
  EXPECT_EQ(attempt, 42);
  EXPECT_EQ(kind, Disconnect::Kind::lost);
  answer = -5ms;
  EXPECT_EQ(delay_of(backoff, 1), 0ms);
  answer = milliseconds::max();
  EXPECT_EQ(delay_of(backoff, 1), kLongestDelay);
  answer = {};
  EXPECT_FALSE(delay(backoff, Retry{.reason = kLost}, 0.5));
}

RC_GTEST_PROP(Backoff, never_leaves_its_limits, ()) {
  const auto number = rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 100'000),
                                     rc::gen::inRange<std::int64_t>(0, kLongestDelay.count() + 1));
  const auto first = milliseconds(*number);
  const auto max = std::max(first, milliseconds(*number));
  const double factor = *rc::gen::element(1.0, 1.0001, 1.5, 10.0, 1e300);
  const double jitter = *rc::gen::element(0.0, 0.25, 1.0);
  const Backoff backoff = ExponentialBackoff{.first = first, .factor = factor, .max = max, .jitter = jitter};
  RC_ASSERT(check(backoff));
  const auto attempt =
      *rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, 20), rc::gen::inRange<std::size_t>(0, 1'000'001),
                      rc::gen::just(std::numeric_limits<std::size_t>::max()));
  const auto got = delay_of(backoff, attempt, *rc::gen::element(0.0, 0.3, 1.0));
  RC_ASSERT(got >= 0ms);
  RC_ASSERT(got <= kLongestDelay);
  RC_ASSERT(static_cast<double>(got.count()) <= static_cast<double>(max.count()) * (1 + jitter) + 1);
}

TEST(Backoff, is_checked) {
  EXPECT_TRUE(check(ExponentialBackoff{}));
  EXPECT_TRUE(check(ListBackoff{}));
  EXPECT_TRUE(check(ExponentialBackoff{.first = 0ms, .factor = 1, .max = 0ms, .jitter = 0}));
  EXPECT_EQ(backoff_error(ExponentialBackoff{.factor = 0.5}),
            "ExponentialBackoff.factor is 0.5: expected 1 or more, so that delays do not become shorter");
  const double nan = std::nan("");
  EXPECT_NE(backoff_error(ExponentialBackoff{.factor = nan}).find("factor is nan"), std::string::npos);
  EXPECT_NE(backoff_error(ExponentialBackoff{.factor = HUGE_VAL}).find("factor is inf"), std::string::npos);
  EXPECT_EQ(backoff_error(ExponentialBackoff{.first = -1ms}),
            "ExponentialBackoff.first is -1 ms: expected 0 ms or more, at most a year");
  EXPECT_NE(backoff_error(ExponentialBackoff{.max = milliseconds::max()}).find("at most a year"), std::string::npos);
  EXPECT_EQ(backoff_error(ExponentialBackoff{.first = 2s, .max = 1s}),
            "ExponentialBackoff.max is 1000 ms: expected at least `first`, 2000 ms");
  for (const double jitter : {-0.1, 1.1, nan})
    EXPECT_NE(backoff_error(ExponentialBackoff{.jitter = jitter}).find("expected a number from 0 to 1"),
              std::string::npos);
  EXPECT_NE(backoff_error(ListBackoff{.jitter = 25}).find("ListBackoff.jitter is 25"), std::string::npos);
  EXPECT_NE(backoff_error(ListBackoff{.delays = {}}).find("is empty"), std::string::npos);
  EXPECT_NE(backoff_error(ListBackoff{.delays = {1s, -2ms}}).find("delays[1] is -2 ms"), std::string::npos);
  EXPECT_NE(backoff_error(CustomBackoff{}).find("empty function"), std::string::npos);
}

}  // namespace
}  // namespace suzaku::client::core

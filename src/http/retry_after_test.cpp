#include "http/retry_after.hpp"

#include <array>
#include <ctime>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::http {
namespace {

constexpr std::int64_t kThen = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(RetryAfter, is_seconds_or_a_date) {
  EXPECT_EQ(retry_after_ms("0", 0), 0);
  EXPECT_EQ(retry_after_ms("7", 0), 7'000);
  EXPECT_EQ(retry_after_ms("120", kThen * 1000), 120'000);
  EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", (kThen - 5) * 1000 + 250), 4'750);
}

TEST(RetryAfter, a_date_that_has_passed_is_now) {
  EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", (kThen + 5) * 1000), 0);
}

TEST(RetryAfter, is_a_day_at_most) {
  EXPECT_EQ(retry_after_ms("86401", 0), kMaxRetryAfterMs);
  EXPECT_EQ(retry_after_ms(std::string(1000, '9'), 0), kMaxRetryAfterMs);
  EXPECT_EQ(retry_after_ms("Fri, 31 Dec 9999 23:59:59 GMT", 0), kMaxRetryAfterMs);
}

TEST(RetryAfter, is_nothing_else) {
  for (const char* value : {"", " 7", "7 ", "-7", "+7", "7.5", "7s", "soon", "Sun", "Sun,", "Sun, 06 Nov 1994",
                            "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
                            "Sun, 06 Nov 1994 08:49:37 GMT ", "06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"})
    EXPECT_EQ(retry_after_ms(value, 0), std::nullopt) << value;
}

TEST(Date, has_three_forms) {
  EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", 0), kThen);
  EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", kThen), kThen);
  EXPECT_EQ(parse_date("Sun Nov  6 08:49:37 1994", 0), kThen);
  EXPECT_EQ(parse_date("Wed Nov 16 08:49:37 1994", 0), kThen + 10 * 86'400);
  EXPECT_EQ(parse_date("Thu, 01 Jan 1970 00:00:00 GMT", 0), 0);
  EXPECT_EQ(parse_date("Thu, 29 Feb 2024 12:00:00 GMT", 0), 1'709'208'000);
}

TEST(Date, a_short_year_is_at_most_fifty_years_ahead) {
  constexpr std::int64_t kIn2026 = 1'780'000'000;
  EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", kIn2026), kThen);
  EXPECT_EQ(parse_date("Thursday, 29-Feb-24 12:00:00 GMT", kIn2026), 1'709'208'000);
  EXPECT_EQ(parse_date("Friday, 06-Nov-76 00:00:00 GMT", kIn2026), parse_date("Fri, 06 Nov 2076 00:00:00 GMT", 0));
  EXPECT_EQ(parse_date("Friday, 06-Nov-77 00:00:00 GMT", kIn2026), parse_date("Fri, 06 Nov 1977 00:00:00 GMT", 0));
}

TEST(Date, is_one_of_the_calendar) {
  for (const char* text :
       {"Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 08:49:37 GMT",
        "Sun, 29 Feb 2100 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov 1994 08:49:37 GMT"})
    EXPECT_EQ(parse_date(text, 0), std::nullopt) << text;
  EXPECT_TRUE(parse_date("Sat, 31 Dec 2016 23:59:60 GMT", 0)) << "a leap second";
}

RC_GTEST_PROP(Date, is_what_the_system_writes, ()) {
  const std::time_t time = *rc::gen::inRange<std::int64_t>(0, 253'402'300'800);  // to the end of 9999
  std::tm utc{};
  gmtime_r(&time, &utc);
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::array<char, 64> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), form, &utc);
    RC_ASSERT(parse_date({text.data(), size}, 0) == time);
  }
}

RC_GTEST_PROP(RetryAfter, survives_anything, (const std::string& value, std::int64_t now)) {
  const auto pause = retry_after_ms(value, now / 1000);
  RC_ASSERT(!pause || (*pause >= 0 && *pause <= kMaxRetryAfterMs));
}

}  // namespace
}  // namespace suzaku::http

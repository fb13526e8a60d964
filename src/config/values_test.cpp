#include "config/values.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;

TEST(Values, CountsAreWholeNumbersInTheirRange) {
  EXPECT_EQ(parse_count("0", {0, 65535}), 0U);
  EXPECT_EQ(parse_count("65535", {0, 65535}), 65535U);
  for (const auto* wrong : {"65536", "-1", "+1", "", " 1", "1 ", "1.5", "0x10", "99999999999999999999999"})
    EXPECT_FALSE(parse_count(wrong, {0, 65535})) << wrong;
  EXPECT_EQ(parse_count("http", {1, 65535}).error().message,
            R"(found "http", expected a whole number from 1 to 65535)");
  EXPECT_EQ(parse_count("0", {.least = 1}).error().message, R"(found "0", expected a whole number of at least 1)");
}

TEST(Values, SwitchesAreTrueOrFalse) {
  EXPECT_EQ(parse_switch("true"), true);
  EXPECT_EQ(parse_switch("false"), false);
  EXPECT_EQ(parse_switch("yes").error().message, R"(found "yes", expected true or false)");
}

TEST(Values, TimesHaveAUnitOrAreSeconds) {
  EXPECT_EQ(parse_time("500ms", 0ms), 500ms);
  EXPECT_EQ(parse_time("30s", 0ms), 30s);
  EXPECT_EQ(parse_time("5m", 0ms), 5min);
  EXPECT_EQ(parse_time("1h", 0ms), 1h);
  EXPECT_EQ(parse_time("0s", 0ms), 0ms);
  EXPECT_EQ(parse_time("5", 0ms), 5s);
  EXPECT_EQ(parse_time("0", 0ms), 0ms);
  EXPECT_EQ(parse_time("2.5", 0ms), 2500ms);
  EXPECT_EQ(parse_time("1.5s", 0ms), 1500ms);
  EXPECT_EQ(parse_time("0.001", 0ms), 1ms);
  EXPECT_EQ(parse_time("0.5h", 0ms), 30min);
  for (const auto* wrong : {"", "s", "-1s", "-0s", "+1", "1 s", "1S", "1e3", "0x1", "inf", "nan", "0.0005", "1.5ms",
                            "18446744073709551615h", "8761h", "31536001"})
    EXPECT_FALSE(parse_time(wrong, 0ms)) << wrong;
  EXPECT_EQ(parse_time("0ms", 1ms).error().message,
            R"(found "0ms", expected a time such as 500ms, 30s, 5m, 1h or 30 (seconds), from 1ms to 8760h)");
}

TEST(Values, SizesCountInThousandsOrIn1024s) {
  EXPECT_EQ(parse_size("8192", 1), 8192U);
  EXPECT_EQ(parse_size("8KiB", 1), 8192U);
  EXPECT_EQ(parse_size("10MB", 1), 10'000'000U);
  EXPECT_EQ(parse_size("1GiB", 1), std::size_t{1} << 30);
  for (const auto* wrong : {"", "0", "KB", "1kb", "1 MB", "-1", "2000GiB", "18446744073709551615GiB"})
    EXPECT_FALSE(parse_size(wrong, 1)) << wrong;
}

TEST(Values, ArePrintedInTheirLargestWholeUnit) {
  EXPECT_EQ(print_time(90s), "90s");
  EXPECT_EQ(print_time(60s), "1m");
  EXPECT_EQ(print_time(0ms), "0ms");
  EXPECT_EQ(print_size(10'000'000), "10MB");
  EXPECT_EQ(print_size(4 << 20), "4MiB");
  EXPECT_EQ(print_size(8191), "8191");
}

TEST(Values, NamesStandBetweenCommas) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(parse_names("token, pass word"), (Names{"token", "pass word"}));
  EXPECT_EQ(parse_names(""), Names());
  EXPECT_EQ(parse_names("a,,b").error().message, R"(found "a,,b", expected names between commas)");
  EXPECT_EQ(print_names({"token", "password"}), "token,password");
}

RC_GTEST_PROP(Values, TimesReadBackAsPrinted, ()) {
  const std::chrono::milliseconds time(*rc::gen::inRange<std::int64_t>(0, kLongestTime.count()));
  RC_ASSERT(parse_time(print_time(time), 0ms) == time);
}

RC_GTEST_PROP(Values, SizesReadBackAsPrinted, ()) {
  const auto unit = *rc::gen::element<std::size_t>(1, 1'000, 1 << 10, 1'000'000, 1 << 20);
  const auto size = unit * *rc::gen::inRange<std::size_t>(0, 10'000);
  RC_ASSERT(parse_size(print_size(size), 0) == size);
}

}  // namespace
}  // namespace suzaku::config

#include "signals/timestamp.hpp"

#include <gtest/gtest.h>

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

/// The text after reading and writing it; "" if it is refused.
std::string again(std::string_view text) {
  const auto time = parse_timestamp(text);
  std::string out;
  if (time) append_timestamp(out, *time);
  return out;
}

TEST(Timestamp, is_read_in_all_forms_of_rfc_3339) {
  EXPECT_EQ(again("2026-01-31T12:34:56Z"), "2026-01-31T12:34:56.000000Z");
  EXPECT_EQ(again("2024-02-29t23:59:59.5z"), "2024-02-29T23:59:59.500000Z");
  EXPECT_EQ(again("2026-01-01T00:30:00+01:00"), "2025-12-31T23:30:00.000000Z");
  EXPECT_EQ(again("2026-01-01T00:30:00-23:59"), "2026-01-02T00:29:00.000000Z");
  EXPECT_EQ(again("1969-12-31T23:59:59.000000001Z"), "1969-12-31T23:59:59.000000001Z");
  EXPECT_EQ(again("2026-01-01T00:00:00.0000000019999999999999999999999Z"), "2026-01-01T00:00:00.000000001Z");
  EXPECT_EQ(again("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000000Z");
  EXPECT_EQ(again("1678-01-01T00:00:00Z"), "1678-01-01T00:00:00.000000Z");
  EXPECT_EQ(again("2261-12-31T23:59:59.999999999-23:59"), "2262-01-01T23:58:59.999999999Z");
}

TEST(Timestamp, other_texts_are_refused) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-01-31",
                                      "2026-01-31 12:00:00Z",
                                      "2026-01-31T12:00:00",
                                      "2026-13-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:61Z",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01T00:00:00+01:60",
                                      "2026-01-01T00:00:00+0100",
                                      "2026-01-01T00:00:00Zz",
                                      "2026-1-01T00:00:00Z",
                                      "1677-12-31T00:00:00Z",
                                      "2262-01-01T00:00:00Z",
                                      "+2026-01-01T00:00:00Z"})
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
}

}  // namespace
}  // namespace suzaku::signals

#include "signals/type_pattern.hpp"

#include <span>
#include <stdexcept>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace suzaku::signals {
namespace {

bool fits(std::string_view pattern, std::string_view type) {
  return TypePattern(pattern).fits(type);
}

TEST(TypePattern, stars_stand_for_segments) {
  EXPECT_TRUE(fits("suzaku.*.room_lobby.**", "suzaku.backend.room_lobby.shout"));
  EXPECT_TRUE(fits("suzaku.*.room_lobby.**", "suzaku.backend.room_lobby.shout.loud"));
  EXPECT_TRUE(fits("suzaku.*.room_lobby.**", "suzaku.backend.room_lobby"));
  EXPECT_FALSE(fits("suzaku.*.room_lobby.**", "suzaku.backend.room_other.shout"));
  EXPECT_FALSE(fits("suzaku.*.room_lobby.**", "suzaku.a.b.room_lobby.shout"));
  EXPECT_FALSE(fits("suzaku.*", "phoenix"));
  EXPECT_FALSE(fits("phoenix", "phoenix.a"));
  EXPECT_TRUE(fits("**", "phoenix"));
  EXPECT_TRUE(fits("**.error", "suzaku.channel.error"));
  EXPECT_TRUE(fits("suzaku.**.a.b", "suzaku.a.b.a.b"));
  EXPECT_TRUE(fits("a.b", "a.b"));
  EXPECT_FALSE(fits("a.b", "a.B"));
}

TEST(TypePattern, invalid_patterns_are_refused) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a*", "room_*", "***", "a.**b"})
    EXPECT_THROW(TypePattern{text}, std::invalid_argument) << text;
}

using Segments = std::span<const std::string>;

/// A matcher that follows the definition.
bool naive(Segments pattern, Segments names) {
  if (pattern.empty()) return names.empty();
  if (pattern[0] == "**")
    return naive(pattern.subspan(1), names) || (!names.empty() && naive(pattern, names.subspan(1)));
  if (names.empty()) return false;
  return (pattern[0] == "*" || pattern[0] == names[0]) && naive(pattern.subspan(1), names.subspan(1));
}

std::vector<std::string> generate(std::size_t most, const std::vector<std::string>& of) {
  std::vector<std::string> segments;
  for (std::size_t size = *rc::gen::inRange<std::size_t>(1, most); size > 0; --size)
    segments.push_back(*rc::gen::elementOf(of));
  return segments;
}

std::string joined(const std::vector<std::string>& segments) {
  std::string text;
  for (const std::string& segment : segments) text += (&segment == segments.data() ? "" : ".") + segment;
  return text;
}

TEST(TypePattern, agrees_with_a_naive_matcher) {
  EXPECT_TRUE(rc::check([] {
    const auto pattern = generate(7, {"a", "b", "*", "**"});
    const auto names = generate(9, {"a", "b"});
    RC_CLASSIFY(naive(pattern, names));
    RC_ASSERT(fits(joined(pattern), joined(names)) == naive(pattern, names));
  }));
}

}  // namespace
}  // namespace suzaku::signals

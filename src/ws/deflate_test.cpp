#include "ws/deflate.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::ws {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// The inflated message, or "corrupt" or "too big" in brackets.
std::string inflated(Inflater& inflater, std::string_view message, std::size_t limit = kNoLimit) {
  MessageBuffer out;
  out.bytes() = "left over";
  const auto failure = inflater.inflate(message, limit, out);
  if (!failure) return out.bytes();
  return failure == Inflater::Failure::corrupt ? "(corrupt)" : "(too big)";
}

TEST(Deflate, inflates_the_examples_of_the_rfc) {
  Inflater inflater;
  EXPECT_EQ(inflated(inflater, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv), "Hello");
  EXPECT_EQ(inflated(inflater, "\x00\x05\x00\xfa\xffHello\x00"sv), "Hello") << "a block without compression";
  EXPECT_EQ(inflated(inflater, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv), "Hello") << "a final block";
  EXPECT_EQ(inflated(inflater, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv), "Hello") << "two blocks";
  EXPECT_EQ(inflated(inflater, "\x00"sv), "") << "an empty message";
}

TEST(Deflate, inflates_streams_that_follow_a_final_block) {
  Inflater inflater;
  EXPECT_EQ(inflated(inflater, "\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv), "HelloHello");
  EXPECT_EQ(inflated(inflater, "\x01"sv), "") << "the tail is the final block";
}

TEST(Deflate, refuses_what_is_no_whole_message) {
  Inflater inflater;
  EXPECT_EQ(inflated(inflater, "\xff\xff"sv), "(corrupt)") << "a block type that does not exist";
  EXPECT_EQ(inflated(inflater, "\xf2\x48\xcd"sv), "(corrupt)") << "cut in the middle";
  EXPECT_EQ(inflated(inflater, ""sv), "(corrupt)") << "nothing is not a block";
  EXPECT_EQ(inflated(inflater, "\xf2\x00\x11\x00\x00"sv), "(corrupt)") << "looks back to an earlier message";
  EXPECT_EQ(inflated(inflater, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv), "Hello") << "and works on after that";
}

TEST(Deflate, inflates_up_to_the_limit_and_no_further) {
  Deflater deflater;
  Inflater inflater;
  for (const std::size_t size : {1U, 64U, 1000U, 100000U}) {
    const std::string text(size, 'a');
    const std::string message(deflater.deflate(text));
    EXPECT_EQ(inflated(inflater, message, size), text);
    EXPECT_EQ(inflated(inflater, message, size - 1), "(too big)");
  }
}

TEST(Deflate, a_bomb_costs_no_more_memory_than_the_limit) {
  Deflater deflater;
  Inflater inflater;
  const std::string message(deflater.deflate(std::string(std::size_t{1} << 24, 'a')));
  MessageBuffer out;
  EXPECT_EQ(inflater.inflate(message, 10000, out), Inflater::Failure::too_big);
  EXPECT_LE(out.bytes().capacity(), 2 * 10000);
}

TEST(Deflate, a_message_depends_on_no_other) {
  Deflater deflater;
  const std::string first(deflater.deflate("the same words again"));
  const std::string second(deflater.deflate("the same words again"));
  EXPECT_EQ(first, second);
}

TEST(Deflate, leaves_the_tail_of_the_flush_out) {
  Deflater deflater;
  EXPECT_EQ(deflater.deflate("Hello"), "\xf2\x48\xcd\xc9\xc9\x07\x00"sv);
  EXPECT_EQ(deflater.deflate(""), "\x00"sv);
}

TEST(Deflate, can_be_moved) {
  Deflater deflater;
  Deflater other = std::move(deflater);
  Inflater inflater;
  Inflater another = std::move(inflater);
  EXPECT_EQ(inflated(another, other.deflate("moved")), "moved");
}

TEST(Deflate, large_noise_comes_back) {
  std::string noise(3'000'000, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  Deflater deflater;
  Inflater inflater;
  EXPECT_EQ(inflated(inflater, deflater.deflate(noise), noise.size()), noise);
}

RC_GTEST_PROP(Deflate, what_was_deflated_inflates_to_itself, (const std::vector<std::string>& texts)) {
  Deflater deflater;
  Inflater inflater;
  for (const std::string& text : texts) {
    RC_ASSERT(inflated(inflater, deflater.deflate(text), text.size()) == text);
  }
}

}  // namespace
}  // namespace suzaku::ws

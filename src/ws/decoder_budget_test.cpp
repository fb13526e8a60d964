// Decoders that share a budget for the messages that have not come whole.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ws/decoder.hpp"
#include "ws/deflate.hpp"
#include "ws/frame.hpp"
#include "ws/transcript.hpp"

namespace suzaku::ws {
namespace {

std::string frame_of(std::string_view message, bool compressed = false) {
  return std::string(make_masked_frame(Opcode::text, message, {1, 2, 3, 4}, compressed).view());
}

TEST(DecoderBudget, takes_the_memory_of_what_does_not_come_whole_from_a_budget) {
  constexpr std::size_t kLarge = 50'000;
  Budget budget(40'000);  // one such message, and not the half of another
  Decoder decoder(Role::server, kLarge, false, &budget);
  const std::string frame = frame_of(std::string(kLarge, 'x'));
  const std::size_t half = frame.size() / 2;
  EXPECT_EQ(transcript(decoder, frame).size(), 1U);
  EXPECT_EQ(budget.used(), 0U) << "it came whole";
  EXPECT_EQ(transcript(decoder, frame.substr(0, half)), std::vector<std::string>{});
  EXPECT_GE(budget.used(), half - MessageBuffer::kFree);
  EXPECT_LE(budget.used(), decoder.buffered());
  {
    Decoder other(Role::server, kLarge, false, &budget);
    EXPECT_EQ(transcript(other, frame, std::vector<std::size_t>{1000}), std::vector<std::string>{"error 1013"});
    EXPECT_EQ(other.buffered(), 0U);
    Decoder small(Role::server, kLarge, false, &budget);
    EXPECT_EQ(transcript(small, frame_of(std::string(10'000, 'x')), std::vector<std::size_t>{10}).size(), 1U);
  }
  EXPECT_EQ(transcript(decoder, frame.substr(half)).size(), 1U);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(DecoderBudget, gathers_a_message_of_one_frame_in_no_more_than_its_size) {
  Budget budget(1'000'000);
  Decoder decoder(Role::server, 1'000'000, false, &budget);
  const std::string frame = frame_of(std::string(60'000, 'x'));
  transcript(decoder, frame.substr(0, frame.size() - 1), std::vector<std::size_t>{1000});
  EXPECT_LE(budget.used(), 60'000 + MessageBuffer::kPadding - MessageBuffer::kFree);
}

TEST(DecoderBudget, inflates_no_more_than_the_budget_has) {
  Budget budget(100'000);
  Deflater deflater;
  const std::string fits(deflater.deflate(std::string(50'000, 'x')));
  const std::string bomb(deflater.deflate(std::string(500'000, 'x')));
  Inflater inflater;
  for (const auto& [message, event] :
       {std::pair{fits, "text " + std::string(50'000, 'x')}, std::pair{bomb, std::string("error 1013")}}) {
    Decoder decoder(Role::server, 1'000'000, true, &budget);
    EXPECT_EQ(transcript(decoder, frame_of(message, true), {}, &inflater), std::vector<std::string>{event});
    EXPECT_EQ(budget.used(), 0U);
  }
}

}  // namespace
}  // namespace suzaku::ws

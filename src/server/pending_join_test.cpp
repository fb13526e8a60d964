#include "server/pending_join.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::server {
namespace {

/// A join that waits, for each of many topics.
std::vector<std::unique_ptr<PendingJoin>> joins(std::size_t count, Budget& memory) {
  std::vector<std::unique_ptr<PendingJoin>> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(std::make_unique<PendingJoin>("1", ActivityLog::Begin(), Payload(), memory));
  return made;
}

std::size_t fill(PendingJoin& join, std::string_view message) {
  std::size_t held = 0;
  while (join.hold(ws::Opcode::text, message)) ++held;
  return held;
}

TEST(PendingJoin, empty_messages_cost_memory_too) {
  constexpr std::size_t kMessages = 250;
  Budget memory(kMessages * PendingJoin::kOverhead);
  std::size_t held = 0;
  const auto all = joins(100, memory);
  for (const auto& join : all) held += fill(*join, "");
  EXPECT_EQ(held, kMessages);
}

TEST(PendingJoin, gives_back_what_its_messages_took) {
  Budget memory(1000);
  fill(*joins(1, memory).front(), "");
  EXPECT_EQ(memory.used(), 0U);
}

TEST(PendingJoin, holds_a_hundred_messages_or_a_megabyte) {
  Budget memory(64 << 20);
  const auto all = joins(2, memory);
  EXPECT_EQ(fill(*all[0], ""), PendingJoin::kMaxMessages);
  const std::string eighth((PendingJoin::kMaxBytes / 8) - PendingJoin::kOverhead, 'x');
  EXPECT_EQ(fill(*all[1], eighth), 8U);
}

}  // namespace
}  // namespace suzaku::server

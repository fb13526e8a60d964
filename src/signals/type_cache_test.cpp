#include "signals/type_cache.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace suzaku::signals {
namespace {

using Cache = TypeCache<int>;

TEST(TypeCache, finds_what_was_added_until_it_is_cleared) {
  Cache cache;
  cache.add("a", 1, 0);
  cache.add("b", 2, 0);
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.find("a"), 1);
  EXPECT_EQ(*cache.find("b"), 2);
  EXPECT_EQ(cache.find("c"), nullptr);
  cache.clear();
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(TypeCache, does_not_keep_what_is_too_large) {
  Cache cache;
  for (int i = 0; i < 4'000; ++i) cache.add(std::to_string(i) + std::string(200'000, 'x'), i, 0);
  EXPECT_EQ(cache.bytes(), 0U);
  cache.add("short", 1, Cache::kMaxEntryBytes);
  EXPECT_EQ(cache.find("short"), nullptr);
}

TEST(TypeCache, is_bounded_in_bytes_however_many_types_there_are) {
  Cache cache;
  std::size_t most = 0;
  for (int i = 0; i < 100'000; ++i) {
    cache.add(std::to_string(i) + std::string(1'000, 'x'), i, 16);
    most = std::max(most, cache.bytes());
  }
  EXPECT_LE(most, Cache::kMaxBytes);
  EXPECT_GT(most, Cache::kMaxBytes / 2);
}

TEST(TypeCache, counts_a_type_once) {
  Cache cache;
  for (int i = 0; i < 10; ++i) cache.add("a", i, 8);
  EXPECT_EQ(cache.bytes(), Cache::kOverhead + 1 + 8);
}

}  // namespace
}  // namespace suzaku::signals

#include "http/path_pattern.hpp"

#include <gtest/gtest.h>

#include "http/query.hpp"

namespace suzaku::http {
namespace {

using Variables = PathPattern::Variables;

std::optional<Variables> match(std::string_view pattern, std::string_view path) {
  return PathPattern(pattern).match(path_segments(path));
}

TEST(PathPattern, matches_part_by_part) {
  EXPECT_EQ(match("/", "/"), Variables());
  EXPECT_EQ(match("/rooms/:id/users/:user", "/rooms/7/users/ada%20l"), (Variables{{"id", "7"}, {"user", "ada l"}}));
  EXPECT_EQ(match("/rooms", "//rooms/"), Variables());
  EXPECT_EQ(match("/rooms", "/rooms/7"), std::nullopt);
  EXPECT_EQ(match("/rooms/:id", "/rooms"), std::nullopt);
  EXPECT_EQ(match("/rooms/:id", "/users/7"), std::nullopt);
}

TEST(PathPattern, a_variable_may_hold_a_slash_that_was_escaped) {
  EXPECT_EQ(match("/topics/:topic", "/topics/a%2Fb"), (Variables{{"topic", "a/b"}}));
}

TEST(PathPattern, covers_what_has_no_path_of_its_own) {
  EXPECT_TRUE(PathPattern("/:any/b").covers(PathPattern("/a/b")));
  EXPECT_TRUE(PathPattern("/:any").covers(PathPattern("/:other")));
  EXPECT_FALSE(PathPattern("/a").covers(PathPattern("/:any")));
  EXPECT_FALSE(PathPattern("/a").covers(PathPattern("/a/b")));
}

TEST(PathPattern, is_the_same_as_another_whatever_its_variables_are_called) {
  EXPECT_TRUE(PathPattern("/:any/b").is_same_as(PathPattern("/:other/b/")));
  EXPECT_FALSE(PathPattern("/:any").is_same_as(PathPattern("/a")));
  EXPECT_FALSE(PathPattern("/a").is_same_as(PathPattern("/:any")));
}

TEST(PathPattern, the_first_variable_decides_which_is_more_exact) {
  EXPECT_TRUE(PathPattern("/a/:b").is_more_exact_than(PathPattern("/:a/b")));
  EXPECT_FALSE(PathPattern("/:a/b").is_more_exact_than(PathPattern("/a/:b")));
  EXPECT_TRUE(PathPattern("/a/b").is_more_exact_than(PathPattern("/a/:b")));
  EXPECT_FALSE(PathPattern("/a/:b").is_more_exact_than(PathPattern("/c/:d")));
}

}  // namespace
}  // namespace suzaku::http

#include "protocol/message.hpp"

#include <string>

#include <gtest/gtest.h>

namespace suzaku::protocol {
namespace {

TEST(Negotiate, no_vsn_is_v1) {
  EXPECT_EQ(negotiate(std::nullopt), Version::v1);
}

TEST(Negotiate, takes_every_patch_of_1_0_and_2_0) {
  for (const auto* vsn : {"1.0.0", "1.0.9", "1.0.10", "1.0.0+build.7", "1.0.1-rc.1"})
    EXPECT_EQ(negotiate(vsn), Version::v1) << vsn;
  for (const auto* vsn : {"2.0.0", "2.0.9", "2.0.1-alpha+x-y"}) EXPECT_EQ(negotiate(vsn), Version::v2) << vsn;
}

TEST(Negotiate, refuses_other_versions) {
  for (const auto* vsn : {"0.9.0", "1.1.0", "1.1.0-rc.1", "2.1.0", "3.0.0", "2.0.0-rc.1", "1.0.0-dev", "20.0.0"})
    EXPECT_EQ(negotiate(vsn), std::nullopt) << vsn;
}

TEST(Negotiate, refuses_what_is_no_full_version_number) {
  for (const auto* vsn : {"",
                          "2",
                          "2.0",
                          "abc",
                          "2.0.0.0",
                          "v2.0.0",
                          " 2.0.0",
                          "2.0.0 ",
                          "02.0.0",
                          "2.00.0",
                          "2.0.01",
                          "2.0.0-",
                          "2.0.0+",
                          "2.0.1-a..b",
                          "2.0.1-a_b",
                          "-2.0.0",
                          "+2.0.0",
                          "2.0.x",
                          "99999999999999999999.0.0",
                          "2..0",
                          "2.0.0+a+b"})
    EXPECT_EQ(negotiate(vsn), std::nullopt) << vsn;
}

TEST(SameRef, the_same_text_is_the_same_ref) {
  for (const auto* ref : {"null", "1", R"("1")", R"({"a":[1]})"}) EXPECT_TRUE(same_ref(ref, ref)) << ref;
}

TEST(SameRef, the_type_counts) {
  EXPECT_FALSE(same_ref("1", R"("1")"));
  EXPECT_FALSE(same_ref("null", R"("")"));
  EXPECT_FALSE(same_ref("null", R"("null")"));
  EXPECT_FALSE(same_ref("1", "true"));
  EXPECT_FALSE(same_ref("1", "1.0"));
}

TEST(SameRef, other_values_are_other_refs) {
  EXPECT_FALSE(same_ref(R"("1")", R"("2")"));
  EXPECT_FALSE(same_ref("1", "2"));
  EXPECT_FALSE(same_ref("-1", "1"));
  EXPECT_FALSE(same_ref(R"({"a":1})", R"({"a":2})"));
}

TEST(SameRef, the_spelling_does_not_count) {
  EXPECT_TRUE(same_ref(R"("\u0031")", R"("1")"));
  EXPECT_TRUE(same_ref("1.0", "1.00"));
  EXPECT_TRUE(same_ref(R"([ 1, "a" ])", R"([1,"a"])"));
  EXPECT_TRUE(same_ref(R"({"a":1,"b":2})", R"({"b":2,"a":1})"));
}

TEST(SameRef, integers_of_any_length_are_told_apart) {
  EXPECT_FALSE(same_ref("9007199254740992", "9007199254740993"));
  EXPECT_FALSE(same_ref("100000000000000000000001", "100000000000000000000002"));
  EXPECT_FALSE(same_ref(std::string(400, '1'), std::string(400, '2')));
  EXPECT_FALSE(same_ref(std::string(400, '1'), R"("1")"));
  EXPECT_TRUE(same_ref(std::string(400, '1'), std::string(400, '1')));
}

TEST(SameRef, deep_refs_can_be_compared) {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_TRUE(same_ref(deep, " " + deep));
}

}  // namespace
}  // namespace suzaku::protocol

#include "config/environment.hpp"

#include <map>

#include <gtest/gtest.h>

namespace suzaku::config {
namespace {

Result<std::string> expanded(std::string_view text) {
  return expand(text, [](const std::string& name) -> std::optional<std::string> {
    static const std::map<std::string, std::string> kSet = {
        {"PORT", "4001"}, {"EMPTY", ""}, {"TRICKY", "${PORT}"}, {"DOLLAR", "$"}};
    const auto found = kSet.find(name);
    return found == kSet.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(Environment, StandsInForVariables) {
  EXPECT_EQ(expanded("plain $PORT {PORT}"), "plain $PORT {PORT}");
  EXPECT_EQ(expanded("${PORT}"), "4001");
  EXPECT_EQ(expanded("a ${PORT} b ${PORT}"), "a 4001 b 4001");
  EXPECT_EQ(expanded("${EMPTY}"), "");
}

TEST(Environment, TakesTheDefaultForWhatIsNotSetOrEmpty) {
  EXPECT_EQ(expanded("${PORT:-1}"), "4001");
  EXPECT_EQ(expanded("${NOBODY:-1}"), "1");
  EXPECT_EQ(expanded("${EMPTY:-1}"), "1");
  EXPECT_EQ(expanded("${NOBODY:-}"), "");
  EXPECT_EQ(expanded("${NOBODY:-http://a:-b}"), "http://a:-b");
}

TEST(Environment, DoesNotLookIntoValues) {
  EXPECT_EQ(expanded("${TRICKY}"), "${PORT}");
  EXPECT_EQ(expanded("${DOLLAR}${PORT}"), "$4001");
}

TEST(Environment, TakesADoubledDollarForAPlainOne) {
  EXPECT_EQ(expanded("$${PORT} ${PORT}"), "${PORT} 4001");
}

TEST(Environment, SaysWhichVariableIsMissing) {
  EXPECT_EQ(expanded("${NOBODY}").error().message,
            "the environment variable NOBODY is not set; set it, or write a default: ${NOBODY:-...}");
}

TEST(Environment, RefusesWhatIsNoVariable) {
  for (const auto* wrong : {"${}", "${1A}", "${A B}", "${:-x}", "${A-x}", "${PORT"})
    EXPECT_FALSE(expanded(wrong)) << wrong;
}

}  // namespace
}  // namespace suzaku::config

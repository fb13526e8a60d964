#include "server/router.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::server {
namespace {

void add(Router& router, std::string_view pattern) {
  router.add(pattern, {}, {});
}

/// The pattern that serves the topic, or "none".
std::string found(const Router& router, std::string_view topic) {
  const Route* route = router.find(topic);
  return route ? route->prefix + (route->exact ? "" : "*") : "none";
}

TEST(Router, finds_whole_topics_and_prefixes) {
  Router router;
  add(router, "lobby");
  add(router, "room:*");
  EXPECT_EQ(found(router, "lobby"), "lobby");
  EXPECT_EQ(found(router, "room:1"), "room:*");
  EXPECT_EQ(found(router, "room:"), "room:*");
  for (const auto* topic : {"", "lobby2", "lobb", "room", "Room:1", "xroom:1"})
    EXPECT_EQ(found(router, topic), "none") << topic;
}

TEST(Router, a_whole_topic_wins_and_then_the_longest_prefix_whatever_the_order) {
  for (const auto& patterns : std::vector<std::vector<std::string>>{{"*", "room:*", "room:vip:*", "room:vip:1"},
                                                                    {"room:vip:1", "room:vip:*", "room:*", "*"},
                                                                    {"room:*", "room:vip:1", "*", "room:vip:*"}}) {
    Router router;
    for (const std::string& pattern : patterns) add(router, pattern);
    EXPECT_EQ(found(router, "room:vip:1"), "room:vip:1");
    EXPECT_EQ(found(router, "room:vip:12"), "room:vip:*");
    EXPECT_EQ(found(router, "room:1"), "room:*");
    EXPECT_EQ(found(router, "anything"), "*");
  }
}

TEST(Router, a_star_in_a_topic_is_only_a_character) {
  Router router;
  add(router, "room:1");
  EXPECT_EQ(found(router, "room:*"), "none");
}

TEST(Router, refuses_patterns_that_make_no_sense) {
  Router router;
  add(router, "room:*");
  add(router, "room:");  // not the same
  for (const auto* wrong : {"", "room:*:x", "*a", "**", "room:*", "room:"})
    EXPECT_THROW(add(router, wrong), std::invalid_argument) << wrong;
}

TEST(Router, asks_a_channel_class_for_its_intercepts_once) {
  struct CountingChannel : Channel {
    explicit CountingChannel(int& asked) : asked_(asked) {}
    JoinResult join(std::string_view, const Payload&) override { return ok(); }
    std::vector<std::string> intercept() const override {
      ++asked_;
      return {"ev"};
    }
    int& asked_;
  };
  int asked = 0;
  const CountingChannel channel(asked);
  Router router;
  add(router, "room:*");
  const Route& route = *router.find("room:1");
  EXPECT_EQ(route.intercepts(channel), (std::vector<std::string>{"ev"}));
  EXPECT_EQ(&route.intercepts(channel), &route.intercepts(channel));
  EXPECT_EQ(asked, 1);
}

RC_GTEST_PROP(Router, finds_what_a_search_over_all_patterns_finds, ()) {
  const auto word = [](std::size_t longest) {
    return *rc::gen::resize(static_cast<int>(longest),
                            rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab:"))));
  };
  Router router;
  std::vector<std::string> patterns;
  for (int count = *rc::gen::inRange(0, 8); count > 0; --count) {
    const std::string pattern = word(4) + (*rc::gen::arbitrary<bool>() ? "*" : "");
    if (pattern.empty() || std::ranges::find(patterns, pattern) != patterns.end()) continue;
    add(router, pattern);
    patterns.push_back(pattern);
  }
  const std::string topic = word(6);
  std::string best = "none";
  std::size_t longest = 0;
  for (const std::string& pattern : patterns) {
    if (pattern == topic) best = pattern;
    const std::string prefix = pattern.substr(0, pattern.size() - 1);
    if (best == topic || !pattern.ends_with('*') || !topic.starts_with(prefix) || pattern.size() <= longest) continue;
    best = pattern;
    longest = pattern.size();
  }
  RC_ASSERT(found(router, topic) == best);
}

}  // namespace
}  // namespace suzaku::server

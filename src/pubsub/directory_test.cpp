#include "pubsub/directory.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::pubsub {
namespace {

TEST(Directory, knows_which_loops_have_a_topic) {
  Directory directory;
  directory.add("a", 0);
  directory.add("a", kMaxLoops - 1);
  directory.add("b", 1);
  EXPECT_EQ(directory.find("a"), LoopSet().set(0).set(kMaxLoops - 1));
  EXPECT_EQ(directory.find("b"), LoopSet().set(1));
  directory.remove("a", 0);
  EXPECT_EQ(directory.find("a"), LoopSet().set(kMaxLoops - 1));
}

TEST(Directory, a_topic_that_nobody_has_is_on_no_loop) {
  Directory directory;
  EXPECT_TRUE(directory.find("a").none());
  directory.remove("a", 0);
  directory.add("a", 0);
  directory.remove("a", 0);
  EXPECT_TRUE(directory.find("a").none());
}

RC_GTEST_PROP(Directory, does_what_a_map_of_sets_does, ()) {
  Directory directory;
  std::map<std::string, std::set<std::size_t>> model;
  for (int steps = *rc::gen::inRange(0, 100); steps > 0; --steps) {
    const std::string topic = "room:" + std::to_string(*rc::gen::inRange(0, 100));
    const auto loop = *rc::gen::inRange<std::size_t>(0, 4);
    if (*rc::gen::inRange(0, 3) > 0) {
      directory.add(topic, loop);
      model[topic].insert(loop);
    } else {
      directory.remove(topic, loop);
      model[topic].erase(loop);
    }
    for (const auto& [name, loops] : model) {
      const LoopSet found = directory.find(name);
      RC_ASSERT(found.count() == loops.size());
      for (const std::size_t each : loops) RC_ASSERT(found.test(each));
    }
  }
}

}  // namespace
}  // namespace suzaku::pubsub

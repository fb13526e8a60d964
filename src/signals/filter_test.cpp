#include <gtest/gtest.h>

#include <suzaku/signals/filter.hpp>

namespace suzaku::signals {
namespace {

bool fits(const Filter& filter, const Payload& payload = {}) {
  return filter.fits("room:lobby", "shout", payload);
}

TEST(Filter, a_field_that_is_not_set_fits_everything) {
  EXPECT_TRUE(fits({}));
  EXPECT_TRUE(fits({}, Payload::binary("x")));
}

TEST(Filter, topic_and_event_are_compared_completely_or_up_to_a_star) {
  EXPECT_TRUE(fits({.topic = "room:lobby", .event = "shout"}));
  EXPECT_TRUE(fits({.topic = "room:*", .event = "sh*"}));
  EXPECT_FALSE(fits({.topic = "room:"}));
  EXPECT_FALSE(fits({.topic = "user:*"}));
  EXPECT_FALSE(fits({.topic = "room:lobby", .event = "whisper"}));
}

TEST(Filter, a_pointer_selects_the_value_that_must_be_equal) {
  const Payload payload = Payload::from_text(R"({"user":{"id":7,"na/me":"é"},"list":[1,{"a":null}]})");
  EXPECT_TRUE(fits({.pointer = "/user/id", .equals = 7}, payload));
  EXPECT_FALSE(fits({.pointer = "/user/id", .equals = 8}, payload));
  EXPECT_FALSE(fits({.pointer = "/user/id", .equals = "7"}, payload));
  EXPECT_TRUE(fits({.pointer = "/user/na~1me", .equals = "é"}, payload));
  EXPECT_TRUE(fits({.pointer = "/list/1/a", .equals = nullptr}, payload));
  EXPECT_TRUE(fits({.pointer = "/list/1", .equals = JsonObject{{"a", nullptr}}}, payload));
  EXPECT_FALSE(fits({.pointer = "/list/2", .equals = nullptr}, payload));
  EXPECT_FALSE(fits({.pointer = "/nobody", .equals = nullptr}, payload));
  EXPECT_FALSE(fits({.pointer = "no pointer", .equals = nullptr}, payload));
  EXPECT_FALSE(fits({.pointer = "/user", .equals = nullptr}, Payload::binary("x")));
}

TEST(Filter, a_payload_may_be_as_deep_as_a_message) {
  const std::string deep = std::string(500, '[') + std::string(500, ']');
  EXPECT_TRUE(fits({.pointer = "/a", .equals = 1}, Payload::from_text(R"({"a":1,"b":)" + deep + "}")));
}

TEST(Filter, one_of_several_filters_must_fit) {
  const std::vector<Filter> filters = {{.topic = "user:*"}, {.event = "shout"}};
  EXPECT_TRUE(any_fits(filters, "room:lobby", "shout", {}));
  EXPECT_FALSE(any_fits(filters, "room:lobby", "whisper", {}));
  EXPECT_TRUE(any_fits({}, "room:lobby", "whisper", {}));
}

}  // namespace
}  // namespace suzaku::signals

#include "pubsub/table.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "pubsub/fake_client.hpp"

namespace suzaku::pubsub {
namespace {

using protocol::Version;
using test::FakeClient;
using Words = std::vector<std::string>;

std::shared_ptr<const Broadcast> message(std::string_view topic, std::string_view event, const Payload& payload = {}) {
  return std::make_shared<const Broadcast>(topic, event, payload);
}

TEST(Table, tells_when_a_topic_comes_and_goes) {
  Table table;
  FakeClient one;
  FakeClient two;
  EXPECT_TRUE(table.subscribe(one.subscription, "a"));
  EXPECT_FALSE(table.subscribe(two.subscription, "a"));
  EXPECT_FALSE(table.unsubscribe(one.subscription));
  EXPECT_TRUE(table.unsubscribe(two.subscription));
  EXPECT_TRUE(table.subscribe(one.subscription, "a"));
}

TEST(Table, hands_the_same_frame_to_every_subscriber_of_the_topic_and_to_nobody_else) {
  Table table;
  std::array<FakeClient, 3> clients;
  FakeClient elsewhere;
  for (FakeClient& client : clients) table.subscribe(client.subscription, "a");
  table.subscribe(elsewhere.subscription, "ab");
  table.dispatch(message("a", "ev"), nullptr);
  for (const FakeClient& client : clients) {
    ASSERT_EQ(client.frames.size(), 1U);
    EXPECT_EQ(client.frames[0].data(), clients[0].frames[0].data());
  }
  EXPECT_EQ(test::text_of(clients[0].frames[0]), R"([null,null,"a","ev",{}])");
  EXPECT_TRUE(elsewhere.frames.empty());
  table.dispatch(message("nobody", "ev"), nullptr);
}

TEST(Table, leaves_out_the_one_that_it_shall) {
  Table table;
  FakeClient from;
  FakeClient other;
  table.subscribe(from.subscription, "a");
  table.subscribe(other.subscription, "a");
  table.dispatch(message("a", "ev"), &from.subscription);
  EXPECT_TRUE(from.frames.empty());
  EXPECT_EQ(other.frames.size(), 1U);
}

TEST(Table, gives_every_subscriber_its_variant_whatever_the_order) {
  Table table;
  std::array<FakeClient, 5> clients;
  const std::array<FrameVariant, 5> variants = {FrameVariant{Version::v2, false}, FrameVariant{Version::v1, false},
                                                FrameVariant{Version::v2, true}, FrameVariant{Version::v1, true},
                                                FrameVariant{Version::v2, false}};
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].subscription.variant = variants[i];
    table.subscribe(clients[i].subscription, "a");
  }
  const auto large = message("a", "ev", {{"text", std::string(1000, 'x')}});
  table.dispatch(large, nullptr);
  ws::Deflater deflater;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    ASSERT_EQ(clients[i].frames.size(), 1U);
    EXPECT_EQ(clients[i].frames[0].data(), large->frame(variants[i], deflater).data()) << i;
  }
}

TEST(Table, bytes_do_not_reach_v1_clients) {
  Table table;
  FakeClient v1;
  FakeClient v2;
  v1.subscription.variant.version = Version::v1;
  table.subscribe(v1.subscription, "a");
  table.subscribe(v2.subscription, "a");
  table.dispatch(message("a", "ev", Payload::binary("x")), nullptr);
  EXPECT_TRUE(v1.frames.empty());
  EXPECT_EQ(v2.frames.size(), 1U);
}

TEST(Table, intercepted_events_go_to_the_subscriber_and_the_others_to_its_client) {
  Table table;
  const Words some = {"secret"};
  const Words others = {"other"};
  FakeClient plain;
  FakeClient intercepting;
  FakeClient intercepting_others;
  FakeClient without_client;
  intercepting.subscription.intercepts = &some;
  intercepting_others.subscription.intercepts = &others;
  without_client.subscription.sink = nullptr;
  for (FakeClient* client : {&intercepting, &plain, &intercepting_others, &without_client})
    table.subscribe(client->subscription, "a");
  table.dispatch(message("a", "secret"), nullptr);
  table.dispatch(message("a", "ev"), nullptr);
  EXPECT_EQ(plain.frames.size(), 2U);
  EXPECT_TRUE(plain.messages.empty());
  EXPECT_EQ(intercepting.frames.size(), 1U);
  EXPECT_EQ(intercepting.messages, (Words{"secret"}));
  EXPECT_EQ(intercepting_others.frames.size(), 2U);
  EXPECT_EQ(without_client.messages, (Words{"secret", "ev"}));
}

TEST(Table, says_of_frames_for_volatile_topics_that_they_may_be_dropped) {
  Table table;
  FakeClient client;
  client.subscription.droppable = true;
  table.subscribe(client.subscription, "a");
  table.dispatch(message("a", "ev"), nullptr);
  EXPECT_TRUE(client.last_droppable);
}

/// Random comings, goings and broadcasts; everybody gets what a naive list of subscribers says.
RC_GTEST_PROP(Table, does_what_a_naive_table_does, ()) {
  constexpr std::size_t kClients = 12;
  const Words topics = {"a", "b", "c"};
  Table table;
  std::vector<std::unique_ptr<FakeClient>> clients;
  std::vector<std::optional<std::string>> where(kClients);
  std::vector<Words> expected(kClients);
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<FakeClient>());
    clients.back()->subscription.sink = nullptr;  // so that events are noted
  }
  const auto others_on = [&](const std::string& topic) { return std::ranges::count(where, std::optional(topic)); };
  for (int steps = *rc::gen::inRange(0, 150); steps > 0; --steps) {
    const std::size_t i = *rc::gen::inRange<std::size_t>(0, kClients);
    const std::string topic = *rc::gen::elementOf(topics);
    if (*rc::gen::inRange(0, 3) == 0) {
      const std::string event = "event " + std::to_string(steps);
      const bool exclude = where[i] == topic;
      table.dispatch(message(topic, event), exclude ? &clients[i]->subscription : nullptr);
      for (std::size_t each = 0; each < kClients; ++each)
        if (where[each] == topic && !(exclude && each == i)) expected[each].push_back(event);
    } else if (where[i]) {
      const std::string left = *std::exchange(where[i], std::nullopt);
      RC_ASSERT(table.unsubscribe(clients[i]->subscription) == (others_on(left) == 0));
    } else {
      RC_ASSERT(table.subscribe(clients[i]->subscription, topic) == (others_on(topic) == 0));
      where[i] = topic;
    }
    for (std::size_t each = 0; each < kClients; ++each) RC_ASSERT(clients[each]->messages == expected[each]);
  }
}

}  // namespace
}  // namespace suzaku::pubsub

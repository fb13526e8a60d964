#include <optional>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <suzaku/client/presence.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

constexpr const char* kAnn = R"({"ann": {"metas": [{"phx_ref": "1"}]}})";
constexpr const char* kBobJoins = R"({"joins": {"bob": {"metas": [{"phx_ref": "2"}]}}, "leaves": {}})";
constexpr const char* kBobLeaves = R"({"joins": {}, "leaves": {"bob": {"metas": [{"phx_ref": "2"}]}}})";

Payload json(const char* text) {
  return Payload::from_text(text);
}

/// A channel, its presences, and a log of their callbacks.
class PresenceOfAChannel : public ClientTest {
 protected:
  PresenceOfAChannel() { listen(presence); }

  void listen(Presence& who) {
    who.on_join([this](std::string_view key, const Json* before, const Json&) {
      log += "join " + std::string(key) + (before ? " again\n" : "\n");
    });
    who.on_leave([this](std::string_view key, const Json& now, const Json&) {
      log += "leave " + std::string(key) + (now.at("metas").as_array().empty() ? "\n" : " in part\n");
    });
    who.on_sync([this] { log += "sync\n"; });
  }
  std::string take_log() { return std::exchange(log, {}); }
  std::string who() const {
    std::string keys;
    for (const auto& entry : presence.list()) keys += entry.key + ' ';
    return keys;
  }

  testing::Connection connection = connect();
  Channel room = joined(connection);
  Presence presence{room};
  std::string log;
};

TEST_F(PresenceOfAChannel, follows_states_and_diffs) {
  EXPECT_TRUE(presence.is_stale());
  connection.push("room:1", "presence_state", json(kAnn));
  EXPECT_FALSE(presence.is_stale());
  EXPECT_EQ(take_log(), "join ann\nsync\n");
  connection.broadcast("room:1", "presence_diff", json(kBobJoins));
  EXPECT_EQ(who(), "ann bob ");
  EXPECT_EQ(take_log(), "join bob\nsync\n");
  connection.broadcast("room:1", "presence_diff", json(kBobLeaves));
  EXPECT_EQ(who(), "ann ");
  EXPECT_EQ(take_log(), "leave bob\nsync\n");
  EXPECT_EQ(presence.size(), 1u);
  EXPECT_EQ(boost::json::serialize(presence.find("ann").value()), R"({"metas":[{"phx_ref":"1"}]})");
  EXPECT_FALSE(presence.find("bob"));
}

TEST_F(PresenceOfAChannel, keeps_diffs_that_come_before_the_state) {
  connection.broadcast("room:1", "presence_diff", json(kBobJoins));
  EXPECT_EQ(who(), "");
  EXPECT_EQ(take_log(), "");
  connection.push("room:1", "presence_state", json(kAnn));
  EXPECT_EQ(who(), "ann bob ");
  EXPECT_EQ(take_log(), "join ann\njoin bob\nsync\n");
}

TEST_F(PresenceOfAChannel, listens_to_events_of_other_names) {
  Presence custom(room, {.state_event = "the_state", .diff_event = "the_diff"});
  connection.push("room:1", "the_state", json(kAnn));
  connection.broadcast("room:1", "the_diff", json(kBobJoins));
  EXPECT_EQ(custom.size(), 2u);
  EXPECT_EQ(presence.size(), 0u);
}

TEST_F(PresenceOfAChannel, tells_of_an_update_as_a_join_and_a_leave) {
  connection.push("room:1", "presence_state", json(kAnn));
  take_log();
  connection.broadcast("room:1", "presence_diff",
                       json(R"({"joins": {"ann": {"metas": [{"phx_ref": "2", "phx_ref_prev": "1"}]}},
                                "leaves": {"ann": {"metas": [{"phx_ref": "1"}]}}})"));
  EXPECT_EQ(take_log(), "join ann again\nleave ann in part\nsync\n");
  EXPECT_EQ(boost::json::serialize(presence.find("ann").value()), R"({"metas":[{"phx_ref":"2","phx_ref_prev":"1"}]})");
}

TEST_F(PresenceOfAChannel, is_stale_without_a_connection_and_tells_after_the_rejoin_what_has_changed) {
  connection.push("room:1", "presence_state", json(kAnn));
  take_log();
  connection.lose();
  EXPECT_TRUE(presence.is_stale());
  EXPECT_EQ(who(), "ann ") << "the old list is kept meanwhile";
  server.advance(1s);
  const testing::Connection fresh = server.accept();
  fresh.expect_join("room:1").reply_ok();
  EXPECT_TRUE(presence.is_stale());
  fresh.broadcast("room:1", "presence_diff", json(kBobJoins));
  EXPECT_EQ(take_log(), "");
  fresh.push("room:1", "presence_state", json(R"({"cid": {"metas": [{"phx_ref": "3"}]}})"));
  EXPECT_EQ(take_log(), "join cid\nleave ann\njoin bob\nsync\n");
  EXPECT_FALSE(presence.is_stale());
}

TEST_F(PresenceOfAChannel, listens_no_more_once_it_is_gone) {
  std::optional<Presence> brief{std::in_place, room};
  int syncs = 0;
  brief->on_sync([&] { ++syncs; });
  brief.reset();
  connection.push("room:1", "presence_state", json(kAnn));
  EXPECT_EQ(syncs, 0);
}

}  // namespace
}  // namespace suzaku::client

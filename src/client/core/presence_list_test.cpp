#include "client/core/presence_list.hpp"

#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace suzaku::client::core {
namespace {

Json parsed(std::string_view text) {
  return boost::json::parse(boost::json::string_view(text.data(), text.size()));
}

std::string text_of(const Json& value) {
  return boost::json::serialize(value);
}

/// Records the calls of the observer.
struct Log : PresenceList::Events {
  void on_join(std::string_view key, const Json* before, const Json& joined) override {
    lines.push_back("join " + std::string(key) + " " + (before ? text_of(*before) : "-") + " " + text_of(joined));
  }
  void on_leave(std::string_view key, const Json& now, const Json& left) override {
    lines.push_back("leave " + std::string(key) + " " + text_of(now) + " " + text_of(left));
  }
  void on_sync() override { lines.emplace_back("sync"); }

  std::vector<std::string> take() { return std::exchange(lines, {}); }
  std::vector<std::string> lines;
};
using Lines = std::vector<std::string>;

std::string list_of(const PresenceList& list) {
  std::string text;
  for (const auto& [key, presence] : list.entries()) text += key + "=" + text_of(presence) + " ";
  return text;
}

// Those of phoenix.js, by their meaning.

class PresenceListTest : public testing::Test {
 protected:
  PresenceList list;
  Log log;

  void state(std::string_view text) { ASSERT_TRUE(list.sync_state(parsed(text), log)); }
  void diff(std::string_view text) { ASSERT_TRUE(list.sync_diff(parsed(text), log)); }
};

constexpr std::string_view kThree = R"({
  "u1": {"metas": [{"id": 1, "phx_ref": "1"}]},
  "u2": {"metas": [{"id": 2, "phx_ref": "2"}]},
  "u3": {"metas": [{"id": 3, "phx_ref": "3"}]}})";

TEST_F(PresenceListTest, takes_a_state_when_it_is_empty) {
  state(R"({"u1": {"metas": [{"id": 1, "phx_ref": "1"}]}})");
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"id":1,"phx_ref":"1"}]} )");
  EXPECT_EQ(log.take(), (Lines{R"(join u1 - {"metas":[{"id":1,"phx_ref":"1"}]})"}));
  state(R"({"u1": {"metas": [{"id": 1, "phx_ref": "1"}]}})");
  EXPECT_EQ(log.take(), Lines{}) << "nothing new";
}

TEST_F(PresenceListTest, tells_who_came_and_who_went_between_two_states) {
  state(R"({"u4": {"metas": [{"id": 4, "phx_ref": "4"}]}})");
  log.take();
  state(kThree);
  EXPECT_EQ(log.take(),
            (Lines{R"(join u1 - {"metas":[{"id":1,"phx_ref":"1"}]})", R"(join u2 - {"metas":[{"id":2,"phx_ref":"2"}]})",
                   R"(join u3 - {"metas":[{"id":3,"phx_ref":"3"}]})",
                   R"(leave u4 {"metas":[]} {"metas":[{"id":4,"phx_ref":"4"}]})"}));
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"id":1,"phx_ref":"1"}]} u2={"metas":[{"id":2,"phx_ref":"2"}]} )"
                           R"(u3={"metas":[{"id":3,"phx_ref":"3"}]} )");
}

TEST_F(PresenceListTest, tells_of_new_metas_only) {
  state(R"({"u3": {"metas": [{"id": 3, "phx_ref": "3"}]}})");
  log.take();
  state(R"({"u3": {"metas": [{"id": 3, "phx_ref": "3"}, {"id": 3, "phx_ref": "3.1"}]}})");
  EXPECT_EQ(log.take(), (Lines{R"(join u3 {"metas":[{"id":3,"phx_ref":"3"}]} {"metas":[{"id":3,"phx_ref":"3.1"}]})"}));
  EXPECT_EQ(list_of(list), R"(u3={"metas":[{"id":3,"phx_ref":"3"},{"id":3,"phx_ref":"3.1"}]} )");
}

TEST_F(PresenceListTest, takes_a_diff_when_it_is_empty) {
  diff(R"({"joins": {"u1": {"metas": [{"id": 1, "phx_ref": "1"}]}}, "leaves": {}})");
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"id":1,"phx_ref":"1"}]} )");
}

TEST_F(PresenceListTest, drops_a_presence_without_metas_and_adds_metas) {
  state(kThree);
  log.take();
  diff(R"({"joins": {"u1": {"metas": [{"id": 1, "phx_ref": "1.2"}]}},
           "leaves": {"u2": {"metas": [{"id": 2, "phx_ref": "2"}]}}})");
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"id":1,"phx_ref":"1"},{"id":1,"phx_ref":"1.2"}]} )"
                           R"(u3={"metas":[{"id":3,"phx_ref":"3"}]} )");
  EXPECT_EQ(list.find("u2"), nullptr);
}

TEST_F(PresenceListTest, drops_a_meta_while_others_stay) {
  state(R"({"u1": {"metas": [{"id": 1, "phx_ref": "1"}, {"id": 1, "phx_ref": "1.2"}]}})");
  log.take();
  diff(R"({"joins": {}, "leaves": {"u1": {"metas": [{"id": 1, "phx_ref": "1"}]}}})");
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"id":1,"phx_ref":"1.2"}]} )");
  EXPECT_EQ(log.take(), (Lines{R"(leave u1 {"metas":[{"id":1,"phx_ref":"1.2"}]} {"metas":[{"id":1,"phx_ref":"1"}]})"}));
}

TEST_F(PresenceListTest, takes_keys_that_mean_something_in_javascript) {
  constexpr std::string_view kKeys = R"({"__proto__": {"metas": [{"phx_ref": "1"}]},
                                         "constructor": {"metas": [{"phx_ref": "2"}]},
                                         "": {"metas": [{"phx_ref": "3"}]}})";
  state(kKeys);
  EXPECT_EQ(log.take().size(), 3);
  EXPECT_NE(list.find("__proto__"), nullptr);
  EXPECT_EQ(list.find("toString"), nullptr);
  diff(R"({"joins": {}, "leaves": {"__proto__": {"metas": [{"phx_ref": "1"}]}, "toString": {"metas": []}}})");
  EXPECT_EQ(log.take(), (Lines{R"(leave __proto__ {"metas":[]} {"metas":[{"phx_ref":"1"}]})"}));
  state("{}");
  EXPECT_EQ(list_of(list), "");
}

TEST_F(PresenceListTest, lists_in_the_order_of_arrival_with_all_that_a_presence_has) {
  state(R"({"9": {"metas": [{"phx_ref": "a"}], "user": {"name": "ann"}}, "b": {"metas": [{"phx_ref": "b"}]}})");
  diff(R"({"joins": {"1": {"metas": [{"phx_ref": "c"}]}}, "leaves": {}})");
  EXPECT_EQ(list_of(list), R"(9={"metas":[{"phx_ref":"a"}],"user":{"name":"ann"}} b={"metas":[{"phx_ref":"b"}]} )"
                           R"(1={"metas":[{"phx_ref":"c"}]} )");
}

TEST_F(PresenceListTest, tells_of_an_update_as_a_join_and_a_leave) {
  state(R"({"u1": {"metas": [{"at": "home", "phx_ref": "1"}]}})");
  log.take();
  diff(R"({"joins": {"u1": {"metas": [{"at": "work", "phx_ref": "2", "phx_ref_prev": "1"}]}},
           "leaves": {"u1": {"metas": [{"at": "home", "phx_ref": "1"}]}}})");
  EXPECT_EQ(log.take(), (Lines{R"(join u1 {"metas":[{"at":"home","phx_ref":"1"}]} )"
                               R"({"metas":[{"at":"work","phx_ref":"2","phx_ref_prev":"1"}]})",
                               R"(leave u1 {"metas":[{"at":"work","phx_ref":"2","phx_ref_prev":"1"}]} )"
                               R"({"metas":[{"at":"home","phx_ref":"1"}]})"}));
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"at":"work","phx_ref":"2","phx_ref_prev":"1"}]} )");
}

TEST_F(PresenceListTest, replaces_a_meta_that_joins_again) {
  state(R"({"u1": {"metas": [{"n": 1, "phx_ref": "1"}, {"n": 1, "phx_ref": "2"}]}})");
  diff(R"({"joins": {"u1": {"metas": [{"n": 2, "phx_ref": "1"}], "name": "ann"}}, "leaves": {}})");
  EXPECT_EQ(list_of(list), R"(u1={"metas":[{"n":1,"phx_ref":"2"},{"n":2,"phx_ref":"1"}],"name":"ann"} )");
}

TEST_F(PresenceListTest, keeps_a_key_that_comes_without_metas_until_it_goes) {
  state(R"({"u1": {"metas": []}})");
  EXPECT_EQ(log.take(), (Lines{R"(join u1 - {"metas":[]})"}));
  EXPECT_EQ(list_of(list), R"(u1={"metas":[]} )");
  diff(R"({"joins": {}, "leaves": {"u1": {"metas": []}}})");
  EXPECT_EQ(list_of(list), "");
}

// The order in which a state and diffs come.

constexpr std::string_view kAnn = R"({"ann": {"metas": [{"phx_ref": "1"}]}})";
constexpr std::string_view kBobJoins = R"({"joins": {"bob": {"metas": [{"phx_ref": "2"}]}}, "leaves": {}})";
constexpr std::string_view kBobLeaves = R"({"joins": {}, "leaves": {"bob": {"metas": [{"phx_ref": "2"}]}}})";

TEST_F(PresenceListTest, syncs_states_and_diffs_as_they_come) {
  EXPECT_TRUE(list.is_stale(1));
  ASSERT_TRUE(list.receive_state(1, parsed(kAnn), log));
  EXPECT_FALSE(list.is_stale(1));
  ASSERT_TRUE(list.receive_diff(1, parsed(kBobJoins), log));
  ASSERT_TRUE(list.receive_diff(1, parsed(kBobLeaves), log));
  EXPECT_EQ(log.take(),
            (Lines{R"(join ann - {"metas":[{"phx_ref":"1"}]})", "sync", R"(join bob - {"metas":[{"phx_ref":"2"}]})",
                   "sync", R"(leave bob {"metas":[]} {"metas":[{"phx_ref":"2"}]})", "sync"}));
}

TEST_F(PresenceListTest, keeps_diffs_until_the_state_is_there_and_syncs_once_for_all) {
  ASSERT_TRUE(list.receive_diff(1, parsed(kBobJoins), log));
  ASSERT_TRUE(list.receive_diff(1, parsed(R"({"joins": {}, "leaves": {"ann": {"metas": [{"phx_ref": "1"}]}}})"), log));
  EXPECT_EQ(log.take(), Lines{});
  EXPECT_EQ(list_of(list), "");
  ASSERT_TRUE(list.receive_state(1, parsed(kAnn), log));
  EXPECT_EQ(log.take(), (Lines{R"(join ann - {"metas":[{"phx_ref":"1"}]})", R"(join bob - {"metas":[{"phx_ref":"2"}]})",
                               R"(leave ann {"metas":[]} {"metas":[{"phx_ref":"1"}]})", "sync"}));
  EXPECT_EQ(list.pending_diffs(), 0);
}

TEST_F(PresenceListTest, is_stale_from_a_rejoin_until_its_state_and_tells_then_what_changed) {
  ASSERT_TRUE(list.receive_state(1, parsed(kAnn), log));
  log.take();
  EXPECT_TRUE(list.is_stale(7));
  EXPECT_TRUE(list.is_stale(0));
  ASSERT_TRUE(list.receive_diff(7, parsed(kBobJoins), log));
  EXPECT_EQ(log.take(), Lines{});
  EXPECT_NE(list.find("ann"), nullptr) << "the old list is kept meanwhile";
  ASSERT_TRUE(list.receive_state(7, parsed("{}"), log));
  EXPECT_EQ(log.take(), (Lines{R"(leave ann {"metas":[]} {"metas":[{"phx_ref":"1"}]})",
                               R"(join bob - {"metas":[{"phx_ref":"2"}]})", "sync"}));
  EXPECT_FALSE(list.is_stale(7));
}

TEST_F(PresenceListTest, forgets_the_diffs_of_a_join_that_never_had_its_state) {
  ASSERT_TRUE(list.receive_diff(1, parsed(kBobJoins), log));
  ASSERT_TRUE(list.receive_state(2, parsed(kAnn), log));
  EXPECT_EQ(log.take(), (Lines{R"(join ann - {"metas":[{"phx_ref":"1"}]})", "sync"}));

  ASSERT_TRUE(list.receive_diff(3, parsed(kBobJoins), log));
  ASSERT_TRUE(list.receive_diff(4, parsed(kBobLeaves), log));
  EXPECT_EQ(list.pending_diffs(), 1);
}

TEST_F(PresenceListTest, takes_a_state_that_is_sent_again) {
  ASSERT_TRUE(list.receive_state(1, parsed(kAnn), log));
  log.take();
  ASSERT_TRUE(list.receive_state(1, parsed(kAnn), log));
  EXPECT_EQ(log.take(), (Lines{"sync"}));
}

TEST_F(PresenceListTest, keeps_a_limited_number_of_diffs) {
  const auto joins = [](std::size_t n) {
    return parsed(R"({"joins": {"u)" + std::to_string(n) + R"(": {"metas": [{"phx_ref": "r"}]}}, "leaves": {}})");
  };
  for (std::size_t n = 0; n < kMaxPendingDiffs + 3; ++n) ASSERT_TRUE(list.receive_diff(1, joins(n), log));
  EXPECT_EQ(list.pending_diffs(), kMaxPendingDiffs);
  ASSERT_TRUE(list.receive_state(1, parsed("{}"), log));
  EXPECT_EQ(list.entries().size(), kMaxPendingDiffs);
  EXPECT_EQ(list.find("u2"), nullptr) << "the oldest are dropped";
  EXPECT_NE(list.find("u3"), nullptr);
}

TEST_F(PresenceListTest, keeps_a_limited_number_of_bytes_of_diffs) {
  const std::string much(kMaxPendingBytes / 4, 'x');
  const auto joins = [&](std::size_t n) {
    return parsed(R"({"joins": {"u)" + std::to_string(n) + R"(": {"metas": [{"phx_ref": ")" + much +
                  R"("}]}}, "leaves": {}})");
  };
  for (std::size_t n = 0; n < 5; ++n) ASSERT_TRUE(list.receive_diff(1, joins(n), log));
  EXPECT_EQ(list.pending_diffs(), 3);
  ASSERT_TRUE(list.receive_diff(2, joins(5), log));
  ASSERT_TRUE(list.receive_diff(2, joins(6), log));
  EXPECT_EQ(list.pending_diffs(), 2) << "of an earlier join none count";
  ASSERT_TRUE(list.receive_state(2, parsed("{}"), log));
  EXPECT_EQ(list.entries().size(), 2);
}

TEST_F(PresenceListTest, ignores_what_has_another_shape_and_says_why) {
  ASSERT_TRUE(list.receive_state(1, parsed(kAnn), log));
  log.take();
  for (const char* bad :
       {"null", "[]", "7", R"({"u": null})", R"({"u": []})", R"({"u": {}})", R"({"u": {"metas": {}}})",
        R"({"u": {"metas": null}})", R"({"u": {"metas": [null]}})", R"({"u": {"metas": [{}]}})",
        R"({"u": {"metas": [{"phx_ref": 1}]}})", R"({"v": {"metas": []}, "u": 1})"}) {
    for (const Ref join_ref : {1, 2}) {
      const auto state = list.receive_state(join_ref, parsed(bad), log);
      ASSERT_FALSE(state) << bad;
      EXPECT_NE(state.error().message.find("expected"), std::string::npos) << state.error().message;
      EXPECT_FALSE(list.receive_diff(join_ref, parsed(bad), log));
      EXPECT_FALSE(list.receive_diff(join_ref, JsonObject{{"joins", parsed(bad)}, {"leaves", parsed("{}")}}, log));
      EXPECT_FALSE(list.receive_diff(join_ref, JsonObject{{"joins", parsed("{}")}, {"leaves", parsed(bad)}}, log));
      EXPECT_FALSE(list.receive_diff(join_ref, JsonObject{{"joins", parsed(kAnn)}}, log));
    }
  }
  EXPECT_EQ(log.take(), Lines{});
  EXPECT_EQ(list_of(list), R"(ann={"metas":[{"phx_ref":"1"}]} )");
  EXPECT_EQ(list.pending_diffs(), 0);
  EXPECT_TRUE(list.is_stale(2)) << "a bad state is none";
}

// Many.

Json everyone(std::size_t count) {
  JsonObject state;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "user" + std::to_string(i);
    state[name] = JsonObject{{"metas", JsonArray{JsonObject{{"phx_ref", name}}}}};
  }
  return state;
}

TEST_F(PresenceListTest, copes_with_fifty_thousand) {
  constexpr std::size_t kMany = 50'000;
  const Json all = everyone(kMany);
  ASSERT_TRUE(list.receive_state(1, all, log));
  EXPECT_EQ(log.take().size(), kMany + 1);
  ASSERT_TRUE(list.receive_state(1, all, log));
  EXPECT_EQ(log.take(), Lines{"sync"});
  for (const auto& member : all.get_object()) {
    const Json leave = JsonObject{{"joins", JsonObject{}}, {"leaves", JsonObject{{member.key(), member.value()}}}};
    ASSERT_TRUE(list.receive_diff(1, leave, log));
  }
  EXPECT_TRUE(list.entries().empty());
}

TEST_F(PresenceListTest, copes_with_fifty_thousand_metas_of_one_key) {
  JsonArray metas;
  for (int i = 0; i < 50'000; ++i) metas.push_back(JsonObject{{"phx_ref", std::to_string(i)}});
  JsonArray half(metas.begin() + 25'000, metas.end());
  ASSERT_TRUE(list.receive_state(1, JsonObject{{"u", JsonObject{{"metas", metas}}}}, log));
  ASSERT_TRUE(list.receive_state(2, JsonObject{{"u", JsonObject{{"metas", half}}}}, log));
  EXPECT_EQ(list.find("u")->at("metas").as_array(), half);
}

}  // namespace
}  // namespace suzaku::client::core

// What a message means by whether its topic is joined, and by which join it belongs to.

#include <deque>
#include <stdexcept>
#include <utility>

#include "kit_server_test.hpp"

namespace suzaku::test {
namespace {

using server::TerminateReason;

class DispatchTest : public KitServerTest {
 protected:
  DispatchTest() {
    script.join = [](ScriptedChannel& channel, const Payload&) {
      if (channel.topic() == "room:refused") return ScriptedChannel::error({{"reason", "unauthorized"}});
      if (channel.topic() == "room:throws") throw std::runtime_error("no");
      return ScriptedChannel::ok();
    };
    script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
      if (event == "throw") throw std::runtime_error("boom");
      if (event == "stop") channel.stop();
      return channel.reply_ok(payload);
    };
  }

  std::deque<Script> scripts;  // outlive the server
};

constexpr const char* kUnmatched = R"({"status":"error","response":{"reason":"unmatched topic"}})";

TEST_F(DispatchTest, a_heartbeat_is_answered_with_a_null_join_ref) {
  serve();
  KitClient client = connect();
  client.text(R"(["7","8","phoenix","heartbeat",{}])");
  EXPECT_FRAME(client, R"([null,"8","phoenix","phx_reply",{"status":"ok","response":{}}])");
}

TEST_F(DispatchTest, other_events_on_the_phoenix_topic_are_unmatched) {
  serve();
  KitClient client = connect();
  client.push("1", "2", "phoenix", "other");
  EXPECT_FRAME(client, R"([null,"2","phoenix","phx_reply",)" + std::string(kUnmatched) + "]");
  client.push("1", "3", "phoenix", "phx_join");
  EXPECT_FRAME(client, R"([null,"3","phoenix","phx_reply",)" + std::string(kUnmatched) + "]");
}

TEST_F(DispatchTest, unmatched_topics_are_answered_with_a_null_join_ref_even_to_joins) {
  serve();
  KitClient client = connect();
  for (const char* event : {"phx_join", "ev", "phx_close", "phx_error"}) {
    client.push("5", "6", "nowhere", event);
    EXPECT_FRAME(client, R"([null,"6","nowhere","phx_reply",)" + std::string(kUnmatched) + "]");
  }
  for (const char* event : {"ev", "phx_close", "phx_error", "heartbeat"}) {
    client.push("5", "6", "room:unjoined", event);
    EXPECT_FRAME(client, R"([null,"6","room:unjoined","phx_reply",)" + std::string(kUnmatched) + "]");
  }
}

TEST_F(DispatchTest, leaving_what_is_not_joined_is_fine) {
  serve();
  KitClient client = connect();
  client.push("5", "6", "room:a", "phx_leave");
  EXPECT_FRAME(client, R"(["5","6","room:a","phx_reply",{"status":"ok","response":{}}])");
  client.push("5", "6", "nowhere", "phx_leave");
  EXPECT_FRAME(client, R"(["5","6","nowhere","phx_reply",{"status":"ok","response":{}}])");
  expect_nothing_waits(client);
}

TEST_F(DispatchTest, a_refused_or_throwing_join_is_answered_and_leaves_nothing_behind) {
  script.terminate = [this](ScriptedChannel& channel, TerminateReason) { notes.add(channel.topic()); };
  serve();
  KitClient client = connect();
  client.push("1", "1", "room:refused", "phx_join");
  EXPECT_FRAME(client,
               R"(["1","1","room:refused","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}])");
  client.push("1", "2", "room:throws", "phx_join");
  EXPECT_FRAME(client,
               R"(["1","2","room:throws","phx_reply",{"status":"error","response":{"reason":"join crashed"}}])");
  client.push("1", "3", "room:throws", "ev");
  EXPECT_FRAME(client, R"([null,"3","room:throws","phx_reply",)" + std::string(kUnmatched) + "]");
  EXPECT_EQ(endpoint().stats().channels, 0u);
  client.join("room:joined");
  client.push("1", "4", "room:joined", "phx_leave");
  notes.expect({"room:joined"});  // terminate() is for those that were in
}

TEST_F(DispatchTest, a_leave_is_answered_then_closed_then_terminate_may_still_push) {
  script.terminate = [](ScriptedChannel& channel, TerminateReason reason) {
    if (reason == TerminateReason::left) channel.push("farewell", {{"a", 1}});
  };
  serve();
  KitClient client = connect();
  client.push("1", "2", "room:a", "phx_join");
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{}}])");
  client.push("1", "3", "room:a", "phx_leave");
  EXPECT_FRAME(client, R"(["1","3","room:a","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_close",{}])");
  EXPECT_FRAME(client, R"(["1",null,"room:a","farewell",{"a":1}])");
  client.push("1", "4", "room:a", "ev");
  EXPECT_FRAME(client, R"([null,"4","room:a","phx_reply",)" + std::string(kUnmatched) + "]");
}

TEST_F(DispatchTest, nothing_is_broadcast_to_who_has_left) {
  serve();
  KitClient client = joined("room:a");
  client.push("1", "2", "room:a", "phx_leave");
  client.next_text();
  client.next_text();
  endpoint().broadcast("room:a", "news");
  expect_nothing_waits(client);
}

TEST_F(DispatchTest, a_second_join_is_answered_before_the_first_one_is_closed) {
  script.join = [this](ScriptedChannel&, const Payload&) {
    notes.add("join");
    return ScriptedChannel::ok();
  };
  script.terminate = [this](ScriptedChannel& channel, TerminateReason reason) {
    notes.add(name_of(reason));
    if (reason == TerminateReason::duplicate_join) channel.push("never", {});
  };
  serve();
  KitClient client = joined("room:a");
  client.push("2", "3", "room:a", "phx_join");
  EXPECT_FRAME(client, R"(["2","3","room:a","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_close",{}])");
  notes.expect({"join", "duplicate_join", "join"});
  client.push("1", "4", "room:a", "ev");  // stale
  client.push("2", "5", "room:a", "ev");
  EXPECT_FRAME(client, R"(["2","5","room:a","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_EQ(endpoint().stats().stale, 1u);
  EXPECT_EQ(endpoint().stats().channels, 1u);
  endpoint().broadcast("room:a", "news");
  EXPECT_FRAME(client, R"([null,null,"room:a","news",{}])");
  expect_nothing_waits(client);
}

TEST_F(DispatchTest, a_second_join_ends_the_first_even_when_it_is_refused) {
  bool refuse = false;
  script.join = [&](ScriptedChannel&, const Payload&) {
    return std::exchange(refuse, true) ? ScriptedChannel::error() : ScriptedChannel::ok();
  };
  serve();
  KitClient client = joined("room:a");
  client.push("2", "3", "room:a", "phx_join");
  EXPECT_FRAME(client, R"(["2","3","room:a","phx_reply",{"status":"error","response":{}}])");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_close",{}])");
  client.push("1", "4", "room:a", "ev");
  EXPECT_FRAME(client, R"([null,"4","room:a","phx_reply",)" + std::string(kUnmatched) + "]");
}

TEST_F(DispatchTest, a_join_without_join_ref_uses_its_ref_but_closes_with_null) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload&) {
    channel.push("pushed", {});
    channel.reply_ref().reply_ok({{"by", "ref"}});
    return channel.reply_ok();
  };
  serve();
  KitClient client = connect();
  client.push("null", "7", "room:a", "phx_join");
  EXPECT_FRAME(client, R"([null,"7","room:a","phx_reply",{"status":"ok","response":{}}])");
  client.push("null", "8", "room:a", "ev");
  EXPECT_FRAME(client, R"(["7",null,"room:a","pushed",{}])");
  EXPECT_FRAME(client, R"(["7","8","room:a","phx_reply",{"status":"ok","response":{"by":"ref"}}])");
  EXPECT_FRAME(client, R"(["7","8","room:a","phx_reply",{"status":"ok","response":{}}])");
  client.push("null", "9", "room:a", "phx_leave");
  EXPECT_FRAME(client, R"(["7","9","room:a","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_FRAME(client, R"([null,null,"room:a","phx_close",{}])");
}

struct Staleness {
  const char* joined_with;
  const char* sent_with;
  bool delivered;
};
class StalenessTest : public DispatchTest, public testing::WithParamInterface<Staleness> {};

TEST_P(StalenessTest, follows_phoenix) {
  serve();
  KitClient client = connect();
  const auto& [joined_with, sent_with, delivered] = GetParam();
  client.text(std::string("[") + joined_with + R"(,"1","room:a","phx_join",{}])");
  client.next_text();
  for (const char* event : {"ev", "phx_leave"}) {
    client.text(std::string("[") + sent_with + R"(,"2","room:a",")" + event + R"(",{}])");
    if (delivered) {
      EXPECT_EQ(next_json(client).at(3), "phx_reply");
      if (std::string_view(event) == "phx_leave") {
        EXPECT_EQ(next_json(client).at(3), "phx_close");
      }
    }
    expect_nothing_waits(client);
  }
  EXPECT_EQ(endpoint().stats().stale, delivered ? 0u : 2u);
  EXPECT_EQ(endpoint().stats().channels, delivered ? 0u : 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Matrix, StalenessTest,
    testing::Values(Staleness{R"("1")", R"("1")", true}, Staleness{R"("1")", "null", true},
                    Staleness{R"("1")", R"("2")", false}, Staleness{R"("1")", "1", false},
                    Staleness{"1", R"("1")", false}, Staleness{"1", "1", true}, Staleness{"1", "1.0", false},
                    Staleness{"null", R"("x")", false}, Staleness{"null", "null", true},
                    Staleness{R"("1")", R"("")", false}, Staleness{R"("a")", R"("\u0061")", true},
                    Staleness{R"({"a":1})", R"({ "a" : 1 })", true}, Staleness{R"("1")", "{}", false},
                    Staleness{R"("1")",
                              "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                              false}));

TEST_F(DispatchTest, a_huge_number_as_join_ref_harms_nobody) {
  serve();
  KitClient client = joined("room:a");
  client.text("[" + std::string(400, '9') + R"(,"2","room:a","ev",{}])");
  expect_nothing_waits(client);
  EXPECT_EQ(endpoint().stats().stale, 1u);
}

TEST_F(DispatchTest, the_longest_pattern_wins_and_a_whole_topic_before_it) {
  const auto named = [this](const char* name) -> const Script& {
    return scripts.emplace_back(
        Script{.join = [name](ScriptedChannel&, const Payload&) { return ScriptedChannel::ok({{"by", name}}); }});
  };
  serve([&](server::Endpoint& endpoint) {
    endpoint.socket("/many")
        .channel("*", follow(named("*")))
        .channel("foo*", follow(named("foo*")))
        .channel("food*", follow(named("food*")))
        .channel("food:1", follow(named("food:1")));
  });
  KitClient client = connect("/many/websocket");
  for (const auto& [topic, by] : {std::pair{"food:1", "food:1"},
                                  {"food:2", "food*"},
                                  {"food", "food*"},
                                  {"foot", "foo*"},
                                  {"x", "*"},
                                  {"", "*"}}) {
    client.push("1", "1", topic, "phx_join");
    EXPECT_EQ(next_json(client).at(4).at("response").at("by"), by) << topic;
  }
}

TEST_F(DispatchTest, a_crashing_handler_ends_its_channel_alone) {
  serve();
  KitClient client = joined("room:a");
  client.join("room:b");
  client.push("1", "2", "room:a", "throw");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])");
  client.push("1", "3", "room:a", "ev");
  EXPECT_FRAME(client, R"([null,"3","room:a","phx_reply",)" + std::string(kUnmatched) + "]");
  client.push("1", "4", "room:b", "ev");
  EXPECT_FRAME(client, R"(["1","4","room:b","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_EQ(endpoint().stats().channel_crashes, 1u);
  client.join("room:a");
}

TEST_F(DispatchTest, an_event_that_is_no_string_crashes_the_channel) {
  serve();
  KitClient client = joined("room:a");
  client.text(R"(["1","2","room:a",5,{}])");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])");
}

}  // namespace
}  // namespace suzaku::test

// What a channel can do: answers, pushes, messages to itself, assigns.

#include "channel_test.hpp"

#include <stdexcept>

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::HandleResult;

TEST_F(ChannelTest, replies_have_any_status) {
  on_event([](ScriptedChannel& channel, const Payload&) { return channel.reply("weird \"one\"", {{"a", 1}}); });
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"weird \"one\"","response":{"a":1}}])");
}

TEST_F(ChannelTest, an_error_reply_leaves_the_channel_joined) {
  on_event([](ScriptedChannel& channel, const Payload&) { return channel.reply_error({{"reason", "full"}}); });
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"error","response":{"reason":"full"}}])");
  client.push("1", "3", "room:a", "other");
  EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
}

TEST_F(ChannelTest, no_reply_sends_nothing_even_after_reply_was_called) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    (void)channel.reply_ok();
    return channel.no_reply();
  });
  serve();
  KitClient client = joined("room:a");
  send(client);
  expect_nothing_waits(client);
}

TEST_F(ChannelTest, a_reply_that_was_not_made_is_not_sent) {
  on_event([](ScriptedChannel&, const Payload&) { return HandleResult::reply; });
  serve();
  KitClient client = joined("room:a");
  client.push("1", "2", "room:a", "other");
  EXPECT_EQ(next_json(client).at(1), "2");
  send(client);
  expect_nothing_waits(client);
}

TEST_F(ChannelTest, pushes_broadcasts_and_the_reply_come_in_the_order_of_the_calls) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.push("one", {});
    channel.broadcast("two", {});
    channel.push("three", {});
    return channel.reply_ok();
  });
  serve();
  KitClient client = joined("room:a");
  send(client);
  for (const char* event : {"one", "two", "three", "phx_reply"}) EXPECT_EQ(next_json(client).at(3), event);
}

TEST_F(ChannelTest, broadcast_from_passes_by_the_own_subscription_alone) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.broadcast_from("news", {{"a", 1}});
    return channel.reply_ok();
  });
  serve();
  KitClient client = joined("room:a");
  KitClient other = joined("room:a");
  send(client);
  EXPECT_EQ(next_json(client).at(3), "phx_reply");
  EXPECT_FRAME(other, R"([null,null,"room:a","news",{"a":1}])");
  expect_nothing_waits(client);
}

TEST_F(ChannelTest, intercepted_broadcasts_go_through_handle_out) {
  script.intercept = {"secret", "dropped", "default"};
  script.handle_out = [](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
    if (event == "secret") channel.push("seen", {{"was", payload.json()}});
  };
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.broadcast("secret", {{"a", 1}});
    channel.broadcast("dropped", {});
    channel.broadcast("plain", {});
    return channel.reply_ok();
  });
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_EQ(next_json(client).at(3), "plain");
  EXPECT_EQ(next_json(client).at(3), "phx_reply") << "the reply comes before the intercepted push";
  EXPECT_FRAME(client, R"(["1",null,"room:a","seen",{"was":{"a":1}}])");
  expect_nothing_waits(client);
}

TEST_F(ChannelTest, handle_out_pushes_on_by_default) {
  script.intercept = {"news"};
  serve();
  KitClient client = joined("room:a");
  endpoint().broadcast("room:a", "news", {{"a", 1}});
  EXPECT_FRAME(client, R"(["1",null,"room:a","news",{"a":1}])");
}

TEST_F(ChannelTest, a_message_to_itself_in_join_is_handled_after_the_join_reply) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    channel.self().send(std::string("after_join"));
    return ScriptedChannel::ok({{"joined", true}});
  };
  script.handle_info = [](ScriptedChannel& channel, const std::any& message) {
    channel.push(std::any_cast<std::string>(message), {});
  };
  serve();
  KitClient client = connect();
  client.push("1", "1", "room:a", "phx_join");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_reply",{"status":"ok","response":{"joined":true}}])");
  EXPECT_FRAME(client, R"(["1",null,"room:a","after_join",{}])");
}

TEST_F(ChannelTest, what_only_a_joined_channel_may_do_crashes_the_join) {
  script.join = [](ScriptedChannel& channel, const Payload& params) {
    const std::string how = params.json().at("how").as_string().c_str();
    if (how == "push") channel.push("x", {});
    if (how == "broadcast") channel.broadcast("x", {});
    if (how == "broadcast_from") channel.broadcast_from("x", {});
    if (how == "stop") channel.stop();
    if (how == "reply") (void)channel.reply_ok();
    if (how == "reply_ref") (void)channel.reply_ref();
    return ScriptedChannel::ok();
  };
  serve();
  KitClient client = connect();
  for (const std::string how : {"push", "broadcast", "broadcast_from", "stop", "reply", "reply_ref"}) {
    client.push("1", "1", "room:a", "phx_join", R"({"how":")" + how + "\"}");
    EXPECT_FRAME(client, R"(["1","1","room:a","phx_reply",{"status":"error","response":{"reason":"join crashed"}}])")
        << how;
  }
}

TEST_F(ChannelTest, replies_belong_to_handle_in_alone) {
  script.handle_info = [this](ScriptedChannel& channel, const std::any&) {
    EXPECT_THROW((void)channel.reply_ok(), std::logic_error);
    EXPECT_THROW((void)channel.reply_ref(), std::logic_error);
    notes.add("asked");
  };
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.self().send(1);
    return channel.no_reply();
  });
  serve();
  KitClient client = joined("room:a");
  send(client);
  notes.expect({"asked"});
}

TEST_F(ChannelTest, a_reply_ref_needs_a_ref) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    (void)channel.reply_ref();
    return channel.no_reply();
  });
  serve();
  KitClient client = joined("room:a");
  client.push("1", "null", "room:a", "ev");
  EXPECT_FRAME(client, kError);
}

TEST_F(ChannelTest, send_after_comes_after_its_delay_and_in_due_order) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.send_after(2min, std::string("second"));
    channel.send_after(1min, std::string("first"));
    return channel.no_reply();
  });
  script.handle_info = [](ScriptedChannel& channel, const std::any& message) {
    channel.push(std::any_cast<std::string>(message), {});
  };
  serve();
  KitClient client = joined("room:a");
  send(client);
  advance(1min - 1ns);
  expect_nothing_waits(client);
  advance(1ns);
  EXPECT_EQ(next_json(client).at(3), "first");
  expect_nothing_waits(client);
  advance(1min);
  EXPECT_EQ(next_json(client).at(3), "second");
}

TEST_F(ChannelTest, other_topics_can_be_subscribed_to) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    channel.subscribe("system");
    channel.subscribe("other");
    return ScriptedChannel::ok();
  };
  script.handle_info = [](ScriptedChannel& channel, const std::any& message) {
    const auto& got = std::any_cast<const server::TopicMessage&>(message);
    channel.push("info", {{"topic", got.topic}, {"event", got.event}, {"payload", got.payload.json()}});
  };
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.unsubscribe("system");
    channel.unsubscribe("never");
    return channel.reply_ok();
  });
  serve();
  KitClient client = joined("room:a");
  endpoint().broadcast("system", "alarm", {{"a", 1}});
  EXPECT_FRAME(client, R"(["1",null,"room:a","info",{"topic":"system","event":"alarm","payload":{"a":1}}])");
  send(client);
  EXPECT_EQ(next_json(client).at(3), "phx_reply");
  endpoint().broadcast("system", "alarm");
  endpoint().broadcast("other", "alarm");
  EXPECT_EQ(next_json(client).at(4).at("topic"), "other");
  client.push("1", "3", "room:a", "phx_leave");
  client.next_text();
  client.next_text();
  endpoint().broadcast("other", "alarm");
  expect_nothing_waits(client);
}

TEST_F(ChannelTest, assigns_are_those_of_the_socket_and_over_them_those_of_the_pattern) {
  class Assigning : public server::UserSocket {
    server::ConnectResult connect(const server::ConnectInfo&) override {
      assigns().set("user", std::string("eva"));
      assigns().set("role", std::string("guest"));
      return accept();
    }
  };
  socket_factory = [] { return std::make_unique<Assigning>(); };
  channel_options.assigns.set("role", std::string("member"));
  on_event([](ScriptedChannel& channel, const Payload&) {
    const auto text = [&](const char* key) {
      const auto* value = channel.assigns().get<std::string>(key);
      return value ? *value : std::string("none");
    };
    const Payload seen{{"user", text("user")},
                       {"role", text("role")},
                       {"own", text("own")},
                       {"socket_role", *channel.socket().assigns().get<std::string>("role")}};
    channel.assigns().set("own", channel.topic());
    channel.assigns().set("user", std::string("changed"));
    return channel.reply_ok(seen);
  });
  serve();
  KitClient client = joined("room:a");
  client.join("room:b");
  const auto seen = [&](const char* topic) {
    client.push("1", "2", topic, "ev");
    return next_json(client).at(4).at("response");
  };
  const Json fresh = json(R"({"user":"eva","role":"member","own":"none","socket_role":"guest"})");
  EXPECT_EQ(seen("room:a"), fresh);
  EXPECT_EQ(seen("room:a"), json(R"({"user":"changed","role":"member","own":"room:a","socket_role":"guest"})"));
  EXPECT_EQ(seen("room:b"), fresh) << "channels share nothing";
}

}  // namespace
}  // namespace suzaku::test

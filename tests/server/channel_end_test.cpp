// How a channel ends: stopped, crashed, refused, with its connection; and what it can do no more.

#include <stdexcept>

#include "channel_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::HandleResult;
using server::TerminateReason;

using ChannelEndTest = ChannelTest;

TEST_F(ChannelEndTest, stop_closes_after_the_reply) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.stop();
    channel.push("still", {});
    return channel.reply_ok({{"bye", 1}});
  });
  script.terminate = [this](ScriptedChannel& channel, TerminateReason reason) {
    notes.add(name_of(reason));
    if (reason == TerminateReason::stopped) channel.push("last", {});
  };
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_EQ(next_json(client).at(3), "still");
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"bye":1}}])");
  EXPECT_FRAME(client, R"(["1","1","room:a","phx_close",{}])");
  EXPECT_FRAME(client, R"(["1",null,"room:a","last",{}])");
  notes.expect({"stopped"});
  client.push("1", "3", "room:a", "ev");
  EXPECT_EQ(next_json(client).at(4).at("response").at("reason"), "unmatched topic");
}

TEST_F(ChannelEndTest, handle_out_and_handle_info_may_stop_too) {
  script.intercept = {"end"};
  script.handle_out = [](ScriptedChannel& channel, std::string_view, const Payload&) { channel.stop(); };
  script.handle_info = [](ScriptedChannel& channel, const std::any&) { channel.stop(); };
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.self().send(1);
    channel.self().send(2);
    return channel.no_reply();
  });
  serve();
  KitClient client = joined("room:a");
  endpoint().broadcast("room:a", "end");
  EXPECT_EQ(next_json(client).at(3), "phx_close");
  client.join("room:a");
  send(client);
  EXPECT_EQ(next_json(client).at(3), "phx_close");
  expect_nothing_waits(client);
}

TEST_F(ChannelEndTest, an_exception_in_any_handler_ends_that_channel_alone) {
  script.intercept = {"out"};
  script.handle_out = [](ScriptedChannel&, std::string_view, const Payload&) { throw std::runtime_error("out"); };
  script.handle_info = [](ScriptedChannel&, const std::any&) { throw 5; };
  on_event([](ScriptedChannel& channel, const Payload& payload) -> HandleResult {
    if (payload.json().as_object().contains("info")) return channel.self().send(1), channel.no_reply();
    (void)channel.reply_ok();
    throw std::runtime_error("in");
  });
  serve();
  KitClient client = joined("room:b");
  client.join("room:a");
  send(client);
  EXPECT_FRAME(client, kError);
  client.join("room:a");
  client.push("1", "2", "room:a", "ev", R"({"info":1})");
  EXPECT_FRAME(client, kError);
  client.join("room:a");
  endpoint().broadcast("room:a", "out");
  EXPECT_FRAME(client, kError);
  client.push("1", "3", "room:b", "other");
  EXPECT_EQ(next_json(client).at(2), "room:b");
  notes.expect({"crashed", "crashed", "crashed"});
  EXPECT_EQ(endpoint().stats().channel_crashes, 3u);
}

TEST_F(ChannelEndTest, after_a_crash_nothing_more_is_handled) {
  script.terminate = {};
  script.handle_info = [this](ScriptedChannel&, const std::any&) {
    notes.add("message");
    throw std::runtime_error("info");
  };
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.self().send(1);
    channel.self().send(2);
    return channel.no_reply();
  });
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_FRAME(client, kError);
  expect_nothing_waits(client);
  notes.expect({"message"});
  EXPECT_EQ(endpoint().stats().channel_crashes, 1u);
}

TEST_F(ChannelEndTest, a_push_that_crashed_its_channel_cannot_be_answered) {
  script.terminate = [this](ScriptedChannel& channel, TerminateReason reason) {
    EXPECT_THROW((void)channel.reply_ref(), std::logic_error);
    notes.add(name_of(reason));
  };
  on_event([](ScriptedChannel&, const Payload&) -> HandleResult { throw std::runtime_error("in"); });
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_FRAME(client, kError);
  notes.expect({"crashed"});
}

TEST_F(ChannelEndTest, what_terminate_pushes_after_a_crash_comes_before_the_error) {
  script.terminate = [](ScriptedChannel& channel, TerminateReason reason) {
    if (reason == TerminateReason::crashed) channel.push("last", {});
  };
  on_event([](ScriptedChannel&, const Payload&) -> HandleResult { throw std::runtime_error("in"); });
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_FRAME(client, R"(["1",null,"room:a","last",{}])");
  EXPECT_FRAME(client, kError);
}

TEST_F(ChannelEndTest, an_exception_in_terminate_is_swallowed) {
  script.terminate = [](ScriptedChannel&, TerminateReason) { throw std::runtime_error("in terminate"); };
  serve();
  KitClient client = joined("room:a");
  client.push("1", "2", "room:a", "phx_leave");
  EXPECT_EQ(next_json(client).at(3), "phx_reply");
  EXPECT_EQ(next_json(client).at(3), "phx_close");
  client.join("room:a");
  client.close();
  EXPECT_EQ(client.next_close(), 1000);
}

TEST_F(ChannelEndTest, what_is_subscribed_to_in_terminate_is_never_heard) {
  script.terminate = [](ScriptedChannel& channel, TerminateReason) { channel.subscribe("system"); };
  script.handle_info = [this](ScriptedChannel&, const std::any&) { notes.add("message"); };
  serve();
  KitClient client = joined("room:a");
  client.push("1", "2", "room:a", "phx_leave");
  client.next_text();
  client.next_text();
  endpoint().broadcast("system", "alarm");
  expect_nothing_waits(client);
  EXPECT_TRUE(notes.all().empty());
}

TEST_F(ChannelEndTest, a_message_to_itself_is_dropped_with_a_refused_join) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    channel.self().send(1);
    return channel.topic() == "room:a" ? ScriptedChannel::ok() : ScriptedChannel::error();
  };
  script.handle_info = [this](ScriptedChannel& channel, const std::any&) { notes.add(channel.topic()); };
  serve();
  KitClient client = connect();
  client.push("1", "1", "room:b", "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("status"), "error");
  client.join("room:a");
  notes.expect({"room:a"});
}

TEST_F(ChannelEndTest, send_after_is_dropped_with_the_channel) {
  on_event([](ScriptedChannel& channel, const Payload&) {
    channel.send_after(1min, 1);
    channel.stop();
    return channel.no_reply();
  });
  script.handle_info = [this](ScriptedChannel&, const std::any&) { notes.add("message"); };
  serve();
  KitClient client = joined("room:a");
  send(client);
  EXPECT_EQ(next_json(client).at(3), "phx_close");
  advance(1h);
  expect_nothing_waits(client);
  notes.expect({"stopped"});
}

using ConnectionEndTest = ChannelTestOn<ServerTest>;

TEST_F(ConnectionEndTest, terminate_knows_that_the_connection_ended) {
  serve();
  {
    WebSocketClient polite = joined("room:a");
    polite.close(1000);
    EXPECT_EQ(polite.next_close(), 1000);
  }
  notes.expect({"closed"});
  joined("room:a").tcp().reset();
  notes.expect({"closed", "closed"});
  await([&] { return endpoint().stats().sockets == 0; }, "end of the socket");
}

}  // namespace
}  // namespace suzaku::test

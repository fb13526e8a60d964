// Joins that are answered later.

#include <mutex>
#include <thread>
#include <vector>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::JoinAnswer;

/// Channels "room:late..." keep their joins for the test to answer; other channels let everybody in.
class LateJoinTest : public ServerTest {
 protected:
  LateJoinTest() {
    script.join = [this](ScriptedChannel& channel, const Payload&) -> server::JoinResult {
      if (!channel.topic().starts_with("room:late")) return ScriptedChannel::ok();
      if (on_join) on_join(channel);
      const JoinAnswer answer = channel.later();
      const std::lock_guard lock(mutex_);
      answers_.push_back(answer);
      return answer;
    };
    script.handle_in = [this](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
      notes.add(std::string(event));
      return channel.reply_ok(payload);
    };
    script.handle_info = [this](ScriptedChannel& channel, const std::any& message) {
      notes.add("info " + std::any_cast<std::string>(message));
      channel.push("info", {});
    };
    script.terminate = [this](ScriptedChannel&, server::TerminateReason reason) { notes.add(name_of(reason)); };
  }
  /// Waits for the join with this number, from 0.
  JoinAnswer answer(std::size_t number = 0) {
    await([&] { return count() > number; }, "join");
    const std::lock_guard lock(mutex_);
    return answers_.at(number);
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }

  std::function<void(ScriptedChannel&)> on_join;

 private:
  std::mutex mutex_;
  std::vector<JoinAnswer> answers_;
};

constexpr const char* kJoin = R"(["1","1","room:late","phx_join",{}])";

TEST_F(LateJoinTest, is_answered_from_another_thread) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  const JoinAnswer late = answer();
  std::thread([&] { late.ok({{"members", 3}}); }).join();
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{"members":3}}])");
  client.push("1", "2", "room:late", "ev");
  EXPECT_FRAME(client, R"(["1","2","room:late","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_EQ(endpoint().stats().channels, 1u);
}

TEST_F(LateJoinTest, is_refused_later) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  answer().error({{"reason", "full"}});
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"full"}}])");
  client.push("1", "2", "room:late", "ev");
  EXPECT_FRAME(client,
               R"([null,"2","room:late","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
  EXPECT_EQ(endpoint().stats().channels, 0u);
  EXPECT_EQ(notes.all(), std::vector<std::string>()) << "terminate() is for channels that were joined";
}

TEST_F(LateJoinTest, may_be_answered_before_join_returns) {
  script.join = [](ScriptedChannel& channel, const Payload&) -> server::JoinResult {
    const JoinAnswer answer = channel.later();
    answer.ok({{"early", true}});
    return answer;
  };
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{"early":true}}])");
}

TEST_F(LateJoinTest, only_the_first_answer_counts) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  const JoinAnswer late = answer();
  late.ok({});
  late.error({{"reason", "no"}});
  late.ok({{"twice", true}});
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{}}])");
  expect_nothing_waits(client);
}

TEST_F(LateJoinTest, an_answer_that_join_did_not_return_changes_nothing) {
  script.join = [](ScriptedChannel& channel, const Payload&) -> server::JoinResult {
    channel.later().error({{"reason", "no"}});
    return ScriptedChannel::ok();
  };
  serve();
  WebSocketClient client = joined("room:late");
  expect_nothing_waits(client);
  EXPECT_EQ(endpoint().stats().channels, 1u);
}

TEST_F(LateJoinTest, later_is_for_join_alone) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload&) {
    try {
      channel.later();
    } catch (const std::logic_error& error) {
      return channel.reply_error({{"reason", error.what()}});
    }
    return channel.reply_ok();
  };
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "ev");
  EXPECT_NE(client.next_text().find("later() outside of join()"), std::string::npos);
}

TEST_F(LateJoinTest, gives_the_channel_assigns) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload&) {
    return channel.reply_ok({{"role", *channel.assigns().get<std::string>("role")}});
  };
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  server::Assigns assigns;
  assigns.set("role", std::string("admin"));
  answer().ok({}, assigns);
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{}}])");
  client.push("1", "2", "room:late", "ev");
  EXPECT_FRAME(client, R"(["1","2","room:late","phx_reply",{"status":"ok","response":{"role":"admin"}}])");
}

TEST_F(LateJoinTest, messages_wait_for_it_in_their_order) {
  on_join = [](ScriptedChannel& channel) { channel.self().send(std::string("first")); };
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  client.push("1", "2", "room:late", "one");
  client.push("1", "3", "room:late", "two");
  client.join("room:other");  // other topics go on
  EXPECT_EQ(notes.all(), std::vector<std::string>());
  answer().ok();
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_FRAME(client, R"(["1",null,"room:late","info",{}])");
  EXPECT_FRAME(client, R"(["1","2","room:late","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_FRAME(client, R"(["1","3","room:late","phx_reply",{"status":"ok","response":{}}])");
  notes.expect({"info first", "one", "two"});
}

TEST_F(LateJoinTest, no_broadcast_comes_early_and_none_is_missed) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  const JoinAnswer late = answer();
  endpoint().broadcast("room:late", "early", {});
  late.ok();
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{}}])");
  endpoint().broadcast("room:late", "after", {});
  EXPECT_FRAME(client, R"([null,null,"room:late","after",{}])");
}

TEST_F(LateJoinTest, one_message_too_many_cancels_it) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  for (int i = 0; i < 100; ++i) client.push("1", "w" + std::to_string(i), "room:late", "ev");
  expect_nothing_waits(client);
  client.push("1", "last", "room:late", "ev");
  EXPECT_FRAME(client,
               R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"join cancelled"}}])");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(next_json(client).at(1).as_string().c_str(), "w" + std::to_string(i));
  EXPECT_FRAME(client,
               R"([null,"last","room:late","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
  EXPECT_EQ(endpoint().stats().channels, 0u);
  answer().ok();  // nothing happens
  expect_nothing_waits(client);
  EXPECT_EQ(notes.all(), std::vector<std::string>());
}

TEST_F(LateJoinTest, more_than_a_megabyte_that_waits_cancels_it) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  const std::string half = R"({"text":")" + std::string(kMegabyte / 2, 'x') + R"("})";
  client.push("1", "2", "room:late", "ev", half);
  expect_nothing_waits(client);
  client.push("1", "3", "room:late", "ev", half);
  EXPECT_FRAME(client,
               R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"join cancelled"}}])");
}

TEST_F(LateJoinTest, a_leave_cancels_it) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  client.push("1", "2", "room:late", "phx_leave");
  EXPECT_FRAME(client,
               R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"join cancelled"}}])");
  EXPECT_FRAME(client, R"(["1","2","room:late","phx_reply",{"status":"ok","response":{}}])");
}

TEST_F(LateJoinTest, a_stale_leave_does_not_cancel_it) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  client.push("0", "2", "room:late", "phx_leave");
  expect_nothing_waits(client);
  answer().ok();
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_EQ(endpoint().stats().stale, 1u);
}

TEST_F(LateJoinTest, a_second_join_takes_its_place) {
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  client.push("1", "2", "room:late", "lost");
  const JoinAnswer first = answer();
  client.text(R"(["3","3","room:late","phx_join",{}])");
  EXPECT_FRAME(client,
               R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"join cancelled"}}])");
  EXPECT_FRAME(client,
               R"([null,"2","room:late","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
  const JoinAnswer second = answer(1);
  first.ok({{"which", 1}});
  second.ok({{"which", 2}});
  EXPECT_FRAME(client, R"(["3","3","room:late","phx_reply",{"status":"ok","response":{"which":2}}])");
  EXPECT_EQ(endpoint().stats().channels, 1u);
}

TEST_F(LateJoinTest, of_a_joined_topic_ends_the_channel_before) {
  int joins = 0;
  script.join = [&, late = script.join](ScriptedChannel& channel, const Payload& params) -> server::JoinResult {
    return joins++ == 0 ? ScriptedChannel::ok() : late(channel, params);
  };
  serve();
  WebSocketClient client = joined("room:late");
  client.text(R"(["3","3","room:late","phx_join",{}])");
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_close",{}])");
  answer().ok();
  EXPECT_FRAME(client, R"(["3","3","room:late","phx_reply",{"status":"ok","response":{}}])");
  notes.expect({"duplicate_join"});
}

TEST_F(LateJoinTest, counts_as_a_channel) {
  socket_options.max_channels = 1;
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  client.text(R"(["2","2","room:late2","phx_join",{}])");
  EXPECT_FRAME(
      client,
      R"(["2","2","room:late2","phx_reply",{"status":"error","response":{"reason":"too many channels joined"}}])");
  EXPECT_EQ(endpoint().stats().channels, 1u);
}

TEST_F(LateJoinTest, is_refused_when_its_time_is_up) {
  socket_options.join_timeout = 50ms;
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"join timeout"}}])");
  answer().ok();
  expect_nothing_waits(client);
}

TEST_F(LateJoinTest, ends_with_its_connection) {
  serve();
  {
    WebSocketClient client = connect();
    client.text(kJoin);
    answer();
    client.tcp().reset();
  }
  await([&] { return endpoint().stats().channels == 0; }, "end of the channel");
  answer().ok();  // nothing happens
  WebSocketClient other = joined("room:a");
  EXPECT_EQ(endpoint().stats().channels, 1u);
}

TEST_F(LateJoinTest, crashes_with_the_work_that_it_waits_for) {
  script.join = [](ScriptedChannel& channel, const Payload&) -> server::JoinResult {
    channel.run_blocking([] { throw std::runtime_error("no database"); });
    return channel.later();
  };
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  EXPECT_FRAME(client, R"(["1","1","room:late","phx_reply",{"status":"error","response":{"reason":"join crashed"}}])");
}

TEST_F(LateJoinTest, with_an_answer_that_cannot_be_encoded_ends_the_connection) {
  serve();
  WebSocketClient client = connect("/socket/websocket");  // V1 has no bytes
  client.text(R"({"topic":"room:late","event":"phx_join","payload":{},"ref":"1","join_ref":"1"})");
  answer().ok(Payload::binary("x"));
  EXPECT_EQ(client.next_close(), 1011);
}

TEST_F(LateJoinTest, nothing_can_be_pushed_before_the_answer) {
  on_join = [this](ScriptedChannel& channel) {
    try {
      channel.push("early", {});
    } catch (const std::logic_error&) {
      notes.add("refused");
    }
  };
  serve();
  WebSocketClient client = connect();
  client.text(kJoin);
  answer();
  notes.expect({"refused"});
}

TEST_F(LateJoinTest, answers_from_many_threads_reach_many_clients) {
  serve();
  constexpr int kClients = 8;
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(connect());
    for (int j = 0; j < 10; ++j)
      clients.back().text(R"(["1","1","room:late)" + std::to_string(j) + R"(","phx_join",{}])");
  }
  await([&] { return count() == 10 * kClients; }, "joins");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (std::size_t n = 0; n < 10 * kClients; ++n) answer(n).ok();
    });
  for (std::thread& thread : threads) thread.join();
  for (WebSocketClient& client : clients) {
    for (int j = 0; j < 10; ++j) EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
    expect_nothing_waits(client);
  }
}

}  // namespace
}  // namespace suzaku::test

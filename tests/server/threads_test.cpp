// What comes from other threads: messages, late replies, blocking work, broadcasts.

#include <future>
#include <stdexcept>
#include <thread>

#include "channel_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::ChannelHandle;
using server::HandleResult;
using server::ReplyRef;
using server::TerminateReason;

class ThreadsTest : public ServerTest {
 protected:
  void on_event(std::function<HandleResult(ScriptedChannel&)> handler) {
    script.handle_in = [handler = std::move(handler)](ScriptedChannel& channel, std::string_view event,
                                                      const Payload& payload) {
      return event == "ev" ? handler(channel) : channel.reply_ok(payload);
    };
  }
  static void send(WebSocketClient& client) { client.push("1", "2", "room:a", "ev"); }

  std::promise<ChannelHandle> handle;
  std::promise<ReplyRef> ref;
  std::promise<void> gate;
};

TEST_F(ThreadsTest, messages_of_a_thread_arrive_in_order) {
  script.join = [this](ScriptedChannel& channel, const Payload&) {
    handle.set_value(channel.self());
    return ScriptedChannel::ok();
  };
  script.handle_info = [](ScriptedChannel& channel, const std::any& message) {
    channel.push("info", {{"i", std::any_cast<int>(message)}});
  };
  serve();
  WebSocketClient client = joined("room:a");
  const ChannelHandle to = handle.get_future().get();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&to, t] {
      for (int i = 0; i < 500; ++i) to.send(t * 1000 + i);
    });
  for (auto& thread : threads) thread.join();
  std::array<int, 4> next{};
  for (int i = 0; i < 2000; ++i) {
    const auto number = next_json(client).at(4).at("i").to_number<int>();
    EXPECT_EQ(number % 1000, next.at(static_cast<std::size_t>(number / 1000))++);
  }
}

TEST_F(ThreadsTest, handles_do_nothing_once_their_channel_or_endpoint_is_gone) {
  script.join = [this](ScriptedChannel& channel, const Payload&) {
    handle.set_value(channel.self());
    return ScriptedChannel::ok();
  };
  on_event([this](ScriptedChannel& channel) {
    ref.set_value(channel.reply_ref());
    return channel.no_reply();
  });
  script.handle_info = [this](ScriptedChannel&, const std::any&) { notes.add("message"); };
  serve();
  WebSocketClient client = joined("room:a");
  send(client);
  const ReplyRef late = ref.get_future().get();
  const ChannelHandle gone = handle.get_future().get();
  client.push("1", "3", "room:a", "phx_leave");
  client.next_text();
  client.next_text();
  gone.send(1);
  late.reply_ok({{"late", true}});
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"late":true}}])");
  late.reply("again", {});
  EXPECT_EQ(next_json(client).at(4).at("status"), "again");
  client.close(1000);
  EXPECT_EQ(client.next_close(), 1000);
  late.reply_ok();
  TearDown();
  gone.send(1);
  late.reply_ok();
  ChannelHandle().send(1);
  ReplyRef().reply_ok();
  EXPECT_TRUE(notes.all().empty());
}

TEST_F(ThreadsTest, blocking_work_holds_nobody_up_and_replies_when_it_is_done) {
  on_event([this](ScriptedChannel& channel) {
    channel.run_blocking([reply = channel.reply_ref(), self = channel.self(), this] {
      gate.get_future().wait();
      reply.reply_ok({{"done", true}});
    });
    return channel.no_reply();
  });
  endpoint_options.loops = 1;
  serve();
  WebSocketClient client = joined("room:a");
  send(client);
  client.push("1", "3", "room:a", "other");
  EXPECT_EQ(next_json(client).at(1), "3");
  gate.set_value();
  EXPECT_FRAME(client, R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"done":true}}])");
}

TEST_F(ThreadsTest, blocking_work_that_throws_crashes_its_channel) {
  on_event([](ScriptedChannel& channel) {
    channel.run_blocking([] { throw std::runtime_error("in work"); });
    return channel.no_reply();
  });
  script.terminate = [this](ScriptedChannel&, TerminateReason reason) { notes.add(name_of(reason)); };
  serve();
  WebSocketClient client = joined("room:a");
  send(client);
  EXPECT_FRAME(client, kError);
  notes.expect({"crashed"});
}

TEST_F(ThreadsTest, too_much_blocking_work_is_refused) {
  endpoint_options.workers = 1;
  endpoint_options.max_blocking_jobs = 2;
  const auto opened = gate.get_future().share();
  on_event([this, opened](ScriptedChannel& channel) {
    channel.run_blocking([this, opened, reply = channel.reply_ref()] {
      notes.add("begun");
      opened.wait();
      reply.reply_ok();
    });
    return channel.no_reply();
  });
  serve();
  WebSocketClient client = joined("room:a");
  send(client);
  notes.expect({"begun"});
  send(client);
  send(client);
  send(client);  // one runs and two wait already
  EXPECT_FRAME(client, kError);
  gate.set_value();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_json(client).at(3), "phx_reply");
}

TEST_F(ThreadsTest, an_endpoint_ends_while_work_still_runs) {
  on_event([this](ScriptedChannel& channel) {
    channel.run_blocking([this, self = channel.self(), reply = channel.reply_ref()] {
      notes.add("begun");
      std::this_thread::sleep_for(50ms);
      self.send(1);
      reply.reply_ok();
      throw std::runtime_error("late");
    });
    return channel.no_reply();
  });
  serve();
  WebSocketClient client = joined("room:a");
  send(client);
  notes.expect({"begun"});
  TearDown();
}

TEST_F(ThreadsTest, broadcasts_of_a_thread_keep_their_order_on_all_loops) {
  script.join = [](ScriptedChannel&, const Payload&) { return answer_thread(); };
  serve();
  std::vector<WebSocketClient> clients = on_two_loops(port(), "room:a", 4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([this, t] {
      for (int i = 0; i < 200; ++i)
        i % 2 ? endpoint().broadcast("room:a", "n", {{"t", t}, {"i", i}})
              : endpoint().local_broadcast("room:a", "n", {{"t", t}, {"i", i}});
    });
  for (auto& thread : threads) thread.join();
  for (WebSocketClient& client : clients) {
    std::array<int, 3> next{};
    for (int n = 0; n < 600; ++n) {
      const Json payload = next_json(client).at(4);
      EXPECT_EQ(payload.at("i"), next.at(payload.at("t").to_number<std::size_t>())++);
    }
    expect_nothing_waits(client);
  }
}

TEST_F(ThreadsTest, a_channels_broadcasts_keep_their_order_on_other_loops) {
  script.join = [](ScriptedChannel&, const Payload&) { return answer_thread(); };
  script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload&) {
    for (int i = 0; i < 300; ++i) channel.broadcast(event, {{"i", i}});
    return channel.no_reply();
  };
  serve();
  std::vector<WebSocketClient> clients = on_two_loops(port(), "room:a");
  send(clients.front());
  for (WebSocketClient& client : clients)
    for (int i = 0; i < 300; ++i) EXPECT_EQ(next_json(client).at(4).at("i"), i);
}

TEST_F(ThreadsTest, an_intercepted_broadcast_can_be_read_on_all_loops_at_once) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    channel.subscribe("system");
    return answer_thread();
  };
  script.intercept = {"read"};
  script.handle_out = [](ScriptedChannel& channel, std::string_view, const Payload& payload) {
    channel.push("read", {{"i", payload.json().at("i")}});
  };
  script.handle_info = [](ScriptedChannel& channel, const std::any& message) {
    channel.push("info", {{"i", std::any_cast<const server::TopicMessage&>(message).payload.json().at("i")}});
  };
  serve();
  std::vector<WebSocketClient> clients = on_two_loops(port(), "room:a", 4);
  for (int i = 0; i < 100; ++i) {
    endpoint().broadcast("room:a", "read", {{"i", i}});
    endpoint().broadcast("system", "read", {{"i", i}});
  }
  for (WebSocketClient& client : clients)
    for (int i = 0; i < 200; ++i) EXPECT_EQ(next_json(client).at(4).at("i"), i / 2);
}

TEST_F(ThreadsTest, broadcasts_must_carry_an_object_or_bytes) {
  serve();
  EXPECT_THROW(endpoint().broadcast("room:a", "n", Json(5)), std::invalid_argument);
  EXPECT_THROW(endpoint().local_broadcast("room:a", "n", Json(nullptr)), std::invalid_argument);
  WebSocketClient client = joined("room:a");
  endpoint().broadcast("room:a", "n", Payload::binary("data"));
  EXPECT_EQ(client.next().kind, Received::Kind::binary);
}

TEST_F(ThreadsTest, counts_what_happens) {
  serve();
  EXPECT_EQ(endpoint().stats().sockets, 0u);
  WebSocketClient client = joined("room:a");
  WebSocketClient other = joined("room:a");
  other.join("room:b");
  server::EndpointStats stats = endpoint().stats();
  EXPECT_EQ(stats.sockets, 2u);
  EXPECT_EQ(stats.channels, 3u);
  EXPECT_EQ(stats.messages_in, 3u);
  EXPECT_EQ(stats.undecodable + stats.stale + stats.channel_crashes + stats.slow_consumers + stats.refused, 0u);
  other.tcp().reset();
  await([&] { return endpoint().stats().sockets == 1 && endpoint().stats().channels == 1; }, "end of the other");
  EXPECT_EQ(endpoint().stats().slow_consumers, 0u);
}

}  // namespace
}  // namespace suzaku::test

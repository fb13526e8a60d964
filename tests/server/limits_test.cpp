// What a stranger can grow, and what cannot be made to grow.

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;

using LimitsTest = ServerTest;

TEST_F(LimitsTest, a_topic_has_a_longest_size) {
  serve();
  WebSocketClient client = connect();
  const std::string fits = "room:" + std::string(4096 - 5, 'x');
  client.push("1", "1", fits, "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
  client.push("2", "2", fits + "x", "phx_join");
  EXPECT_EQ(next_json(client).at(4), json(R"({"status":"error","response":{"reason":"topic too long"}})"));
}

TEST_F(LimitsTest, a_join_ref_has_a_longest_size) {
  serve();
  WebSocketClient client = connect();
  client.push(std::string(5000, '1'), "1", "room:a", "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("response").at("reason"), "topic too long");
}

TEST_F(LimitsTest, a_ref_of_a_join_has_a_longest_size) {
  serve();
  WebSocketClient client = connect();
  client.push("1", std::string(4096 - 2, '1'), "room:a", "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
  client.push("1", std::string(4096 - 1, '1'), "room:b", "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("response").at("reason"), "topic too long");
}

TEST_F(LimitsTest, the_number_of_channels_is_bounded) {
  socket_options.max_channels = 2;
  serve();
  WebSocketClient client = joined("room:a");
  client.join("room:b");
  client.push("3", "4", "room:c", "phx_join");
  EXPECT_FRAME(client,
               R"(["3","4","room:c","phx_reply",{"status":"error","response":{"reason":"too many channels joined"}}])");
  client.push("5", "5", "room:b", "phx_join");  // again: that makes no more
  EXPECT_EQ(next_json(client).at(4).at("status"), "ok");
  EXPECT_EQ(next_json(client).at(3), "phx_close");
  client.push("1", "6", "room:a", "phx_leave");
  client.next_text();
  client.next_text();
  client.join("room:c");
}

TEST_F(LimitsTest, a_hundred_channels_are_the_default) {
  serve();
  WebSocketClient client = connect();
  for (int i = 0; i < 100; ++i) client.join("room:" + std::to_string(i));
  client.push("9", "9", "room:more", "phx_join");
  EXPECT_EQ(next_json(client).at(4).at("response").at("reason"), "too many channels joined");
}

TEST_F(LimitsTest, what_stands_before_the_payload_has_a_longest_size) {
  serve();
  WebSocketClient witness = joined("room:a");
  std::string junk = "[";
  while (junk.size() < 1'000'000) junk += "[],";
  junk += "[]]";
  const std::string text = '"' + std::string(40'000, 'x') + '"';
  for (const std::string& large : {junk, text})
    for (const std::string& head : {large + R"(,"2","room:a","ev")", R"("1",)" + large + R"(,"room:a","ev")",
                                    R"("1","2",)" + large + R"(,"ev")", R"("1","2","room:a",)" + large}) {
      WebSocketClient client = joined("room:a");
      client.text("[" + head + ",{}]");
      EXPECT_EQ(client.next_close(), 1009);
    }
  for (const std::string name : {"topic", "event", "ref", "join_ref"}) {
    WebSocketClient client = connect("/socket/websocket?vsn=1.0.0");
    std::string message = R"({"payload":{})";
    for (const std::string key : {"topic", "event", "ref", "join_ref"})
      message += ",\"" + key + "\":" + (key == name ? junk : R"("x")");
    client.text(message + "}");
    EXPECT_EQ(client.next_close(), 1009) << name;
  }
  expect_nothing_waits(witness);
}

TEST_F(LimitsTest, a_payload_may_be_large_and_look_like_the_end_of_the_head) {
  serve();
  WebSocketClient client = joined("room:a");
  std::string junk = "[";
  while (junk.size() < 1'000'000) junk += R"([],"],[",)";
  junk += "[]]";
  client.text(R"(["1","2","room:a","ev",)" + junk + "]");
  EXPECT_EQ(client.next_text(), R"(["1","2","room:a","phx_reply",{"status":"ok","response":)" + junk + "}]");
}

TEST_F(LimitsTest, a_long_turn_does_not_cut_a_client_that_reads) {
  endpoint_options.max_queued_bytes = 1 << 20;
  const std::string text(100'000, 'x');
  script.handle_in = [&text](ScriptedChannel& channel, std::string_view, const Payload&) {
    for (int i = 0; i < 40; ++i) channel.push("part", {{"i", i}, {"text", text}});  // 4 MB before the turn ends
    return channel.reply_ok();
  };
  serve();
  WebSocketClient client = joined("room:a");
  auto reading = std::async(std::launch::async, [&client] {
    for (int i = 0; i < 40; ++i)
      if (next_json(client).at(4).at("i") != i) return i;
    return 40;
  });
  client.push("1", "2", "room:a", "burst");
  EXPECT_EQ(reading.get(), 40);
}

TEST_F(LimitsTest, a_request_that_comes_whole_only_during_a_drain_is_refused) {
  endpoint_options.loops = 1;
  serve();
  TcpClient idle(port());
  idle.write("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
  idle.read_until("not found\n");
  TcpClient client(port());
  // The answer to the first request tells that the beginning of the second has been read too.
  client.write(
      "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: "
      "localhost\r\n");
  EXPECT_NE(client.read_until("not found\n").find("404"), std::string::npos);
  auto drained = std::async(std::launch::async, [this] { endpoint().drain(); });
  EXPECT_EQ(idle.read_to_end(), "");  // closed, so the drain has come by; both are told in one go
  client.write(
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
      "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  drained.get();
}

TEST_F(LimitsTest, an_upgrade_on_a_connection_that_has_not_been_told_of_the_drain_is_refused) {
  endpoint_options.loops = 1;
  endpoint_options.drain = {.batch_size = 1, .batch_interval = 200ms, .deadline = 10s};
  serve();
  std::vector<TcpClient> idle;
  for (int i = 0; i < 3; ++i) {
    idle.emplace_back(port());
    idle.back().write("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
    idle.back().read_until("not found\n");
  }
  auto drained = std::async(std::launch::async, [this] { endpoint().drain(); });
  EXPECT_EQ(idle.front().read_to_end(), "");  // the first batch has been told
  idle.back().write(
      "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  const std::string answer = idle.back().read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  idle.clear();
  drained.get();
}

TEST_F(LimitsTest, a_loop_that_is_behind_slows_down_those_who_broadcast_to_it) {
  constexpr int kBroadcasts = 600;
  endpoint_options.max_queued_bytes = 256 << 20;
  std::latch release(1);
  std::atomic<int> handled{0};
  script.join = [](ScriptedChannel&, const Payload&) { return answer_thread(); };
  script.handle_in = [&](ScriptedChannel& channel, std::string_view event, const Payload& payload) {
    if (event == "block") {
      release.wait();
      return channel.no_reply();
    }
    ++handled;
    channel.broadcast("shout", payload);
    return channel.no_reply();
  };
  serve();
  std::vector<WebSocketClient> clients = on_two_loops(port(), "room:a");
  WebSocketClient& sender = clients.front();
  WebSocketClient& blocker = clients.back();
  blocker.push("1", "2", "room:a", "block");

  const std::string payload = R"({"text":")" + std::string(100'000, 'x') + "\"}";
  std::thread sending([&] {
    for (int i = 0; i < kBroadcasts; ++i) sender.push("1", "2", "room:a", "shout", payload);
  });
  std::thread reading([&] {
    for (int i = 0; i < kBroadcasts; ++i) next_json(sender);
  });
  // It comes to a halt on its own, long before all of the 60 MB have been taken in for the loop that does not move.
  int before = -1;
  while (handled != before) {
    before = handled;
    std::this_thread::sleep_for(300ms);
  }
  EXPECT_GT(before, 0);
  EXPECT_LT(before, 300);
  release.count_down();
  sending.join();
  reading.join();
  for (int i = 0; i < kBroadcasts; ++i) EXPECT_EQ(next_json(blocker).at(3), "shout");  // nothing was lost
}

TEST(EndpointTest, options_that_make_no_sense_are_refused) {
  EXPECT_THROW(server::Endpoint({.loops = 1000}), std::invalid_argument);
  EXPECT_THROW(server::Endpoint({.max_connections = 0}), std::invalid_argument);
  EXPECT_THROW(server::Endpoint({.request_timeout = 0ms}), std::invalid_argument);
  EXPECT_THROW(server::Endpoint({.check_origin = {server::CheckOrigin::Kind::list, {"example.com"}}}),
               std::invalid_argument);
  EXPECT_THROW(server::Endpoint({.trusted_proxies = {"proxy.example.com"}}), std::invalid_argument);
  server::Endpoint endpoint;
  EXPECT_THROW(endpoint.socket("/socket", {.max_channels = 0}), std::invalid_argument);
  EXPECT_THROW(endpoint.socket("", {.path = ""}), std::invalid_argument);
  const Script script;
  EXPECT_THROW(endpoint.socket("/socket").channel("room:*:x", follow(script)), std::invalid_argument);
}

TEST(EndpointTest, what_has_been_drained_cannot_be_started_again) {
  server::Endpoint endpoint(options());
  start(endpoint);
  endpoint.drain();
  EXPECT_THROW(static_cast<void>(endpoint.start()), std::logic_error);
}

}  // namespace
}  // namespace suzaku::test

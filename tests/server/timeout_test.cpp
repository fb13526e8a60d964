// Clients that are slow, silent, or gone: timeouts of HTTP and of sockets, limits on connections and headers.

#include <thread>

#include <sys/resource.h>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class TimeoutTest : public ServerTest {};

TEST_F(TimeoutTest, a_socket_that_says_nothing_is_closed_with_1001) {
  socket_options.idle_timeout = 150ms;
  serve();
  const auto begun = Clock::now();
  WebSocketClient client = joined("room:a");
  EXPECT_EQ(client.next_close(), 1001) << "with 1000, as of Phoenix on Cowboy, phoenix.js would not come back";
  EXPECT_GE(Clock::now() - begun, 150ms);
}

TEST_F(TimeoutTest, what_the_server_sends_does_not_extend_the_idle_time) {
  socket_options.idle_timeout = 200ms;
  script.handle_info = [](ScriptedChannel& channel, const std::any&) {
    channel.push("tick", {});
    channel.send_after(5ms, 1);
  };
  script.join = [](ScriptedChannel& channel, const Payload&) {
    channel.self().send(1);
    return ScriptedChannel::ok();
  };
  serve();
  WebSocketClient client = joined("room:a");
  Received received = client.next();
  const auto patience = Clock::now() + 20s;
  while (received.kind == Received::Kind::text && Clock::now() < patience) received = client.next();
  EXPECT_EQ(received.close_code, 1001);
}

TEST_F(TimeoutTest, a_client_that_takes_its_answers_slowly_is_not_idle) {
  socket_options.idle_timeout = 100ms;
  endpoint_options.max_queued_bytes = 32 * kMegabyte;
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload&) {
    return channel.reply_ok({{"text", std::string(30 * kMegabyte, 'x')}});
  };
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "ev");
  client.tcp().read_some();  // the answer waits now, and nothing of the client's is read
  client.frame(ws::Opcode::ping, "");
  const std::string pong("\x8a\x00", 2);  // comes unless the client is taken for idle
  const auto begun = Clock::now();
  std::string tail;
  while (tail.find(pong) == tail.npos) {
    const std::string more = client.tcp().read_some();
    ASSERT_NE(more, "") << "closed";
    tail = (tail.empty() ? "" : tail.substr(tail.size() - 1)) + more;
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_GT(Clock::now() - begun, 3 * socket_options.idle_timeout);
}

TEST_F(TimeoutTest, any_byte_of_the_client_extends_the_idle_time) {
  socket_options.idle_timeout = 300ms;
  serve();
  WebSocketClient client = connect();
  const auto until = Clock::now() + 900ms;
  while (Clock::now() < until) {
    client.frame(ws::Opcode::ping, "");
    ASSERT_EQ(client.next().kind, Received::Kind::pong);
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(client.next_close(), 1001);
}

TEST_F(TimeoutTest, a_request_that_trickles_in_gets_408_in_time) {
  endpoint_options.request_timeout = 200ms;
  serve();
  TcpClient client(port());
  const auto begun = Clock::now();
  client.write("GET / HTTP/1.1\r\nHost: x\r\n");
  while (client.stays_silent(20ms)) client.write("a");
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 408 "));
  EXPECT_GE(Clock::now() - begun, 200ms);
  EXPECT_LT(Clock::now() - begun, 5s);
}

TEST_F(TimeoutTest, the_request_timeout_is_for_each_request_of_a_connection) {
  endpoint_options.request_timeout = 200ms;
  serve();
  TcpClient client(port());
  for (int i = 0; i < 4; ++i) {
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read_until("not found\n").starts_with("HTTP/1.1 404 "));
    std::this_thread::sleep_for(80ms);
  }
  client.write("GET /");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST_F(TimeoutTest, a_connection_between_requests_is_closed_without_a_word) {
  endpoint_options.keep_alive_timeout = 100ms;
  serve();
  TcpClient client(port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("not found\n");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(TimeoutTest, a_head_beyond_the_limit_gets_431) {
  serve();
  WebSocketClient fits = connect("/socket/websocket", {{"X-Long", std::string(7000, 'x')}});
  EXPECT_EQ(fits.status(), 101);
  WebSocketClient client = connect("/socket/websocket", {{"X-Long", std::string(8 * 1024, 'x')}});
  EXPECT_EQ(client.status(), 431);
  client.body();
  EXPECT_EQ(client.tcp().read_to_end(), "");
}

TEST_F(TimeoutTest, what_is_no_http_gets_400) {
  serve();
  TcpClient client(port());
  client.write("\x16\x03\x01\x02\x00\r\n\r\n");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 400 "));
}

TEST_F(TimeoutTest, connections_beyond_the_limit_are_refused) {
  endpoint_options.loops = 1;
  endpoint_options.max_connections = 3;
  serve();
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(joined("room:a"));
  TcpClient refused(port());
  EXPECT_EQ(refused.read_to_end(), "");
  EXPECT_EQ(endpoint().stats().refused, 1u);
  clients.pop_back();
  await([this] { return endpoint().stats().sockets == 2; }, "end of the third");
  joined("room:a");
  expect_nothing_waits(clients.front());
}

TEST_F(TimeoutTest, clients_that_vanish_leave_nothing_behind) {
  serve();
  WebSocketClient witness = joined("room:witness");
  for (int round = 0; round < 20; ++round) {
    TcpClient(port()).reset();
    TcpClient half_request(port());
    half_request.write("GET /socket/webso");
    half_request.reset();
    WebSocketClient half_frame = joined("room:a");
    half_frame.raw(std::string("\x81\xfe\x01\x00\0\0\0\0abc", 11));
    half_frame.tcp().reset();
    WebSocketClient half_open = joined("room:a");
    half_open.tcp().shutdown_write();
    EXPECT_EQ(half_open.next().kind, Received::Kind::eof);
  }
  await([this] { return endpoint().stats().sockets == 1 && endpoint().stats().channels == 1; }, "end of the vanished");
  expect_nothing_waits(witness);
}

TEST_F(TimeoutTest, a_last_request_is_answered_though_its_client_sends_no_more) {
  serve();
  TcpClient client(port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.shutdown_write();
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 404 "));
}

TEST_F(TimeoutTest, thousands_of_silent_connections_are_dropped_and_harm_nobody) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::size_t count = std::min<std::size_t>(9'000, (files.rlim_cur - 200) / 2);  // both ends are ours
  endpoint_options.request_timeout = 3s;
  serve();
  WebSocketClient witness = joined("room:a");
  std::vector<TcpClient> silent;
  for (std::size_t i = 0; i < count; ++i) {
    silent.emplace_back(port());
    if (i % 500 == 0) expect_nothing_waits(witness);
  }
  for (TcpClient& client : silent) ASSERT_EQ(client.read_to_end(), "");
  expect_nothing_waits(witness);
  EXPECT_EQ(connect().status(), 101);
}

}  // namespace
}  // namespace suzaku::test

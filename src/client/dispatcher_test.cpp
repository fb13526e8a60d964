#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <suzaku/client/callback_queue.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// A client whose callbacks wait until the test polls.
class Dispatched : public ::testing::Test {
 protected:
  SocketOptions options(std::size_t max_undelivered = 100'000) {
    return server.options({.dispatcher = queue->dispatcher(), .max_undelivered = max_undelivered});
  }
  /// A connection with room:1 joined, and nothing that waits.
  testing::Connection join(Socket& socket, Channel& room) {
    socket.connect();
    const testing::Connection connection = server.accept();
    room.join();
    connection.expect_join("room:1").reply_ok();
    queue->poll();
    return connection;
  }
  static Payload number(int n) { return Payload{{"n", n}}; }

  testing::Server server;
  std::unique_ptr<CallbackQueue> queue = std::make_unique<CallbackQueue>();
};

TEST_F(Dispatched, messages_wait_only_while_somebody_listens) {
  Socket socket{"ws://test/socket", options()};
  Channel room = socket.channel("room:1");
  const testing::Connection connection = join(socket, room);
  const auto waiting_after = [&](const char* event) {
    connection.broadcast("room:1", event);
    return queue->poll();
  };
  EXPECT_EQ(waiting_after("news"), 0u);
  const auto news = room.on("news", [](const Message&) {});
  EXPECT_EQ(waiting_after("news"), 1u);
  EXPECT_EQ(waiting_after("other"), 0u);
  const auto all = room.on("*", [](const Message&) {});
  EXPECT_EQ(waiting_after("other"), 1u);
  room.off(all);
  EXPECT_EQ(waiting_after("other"), 0u);
  room.off(news);
  EXPECT_EQ(waiting_after("news"), 0u);
  room.on("news", [](const Message&) {});
  room.off("news");
  EXPECT_EQ(waiting_after("news"), 0u);
  const auto any = socket.on_message([](const Message&) {});
  EXPECT_EQ(waiting_after("news"), 1u);
  socket.off(any);
  EXPECT_EQ(waiting_after("news"), 0u);
}

TEST_F(Dispatched, messages_that_are_too_many_are_not_read_until_there_is_room) {
  Socket socket{"ws://test/socket", options(4)};
  Channel room = socket.channel("room:1");
  const testing::Connection connection = join(socket, room);
  std::vector<std::string> heard;
  room.on("news", [&](const Message& message) { heard.emplace_back(message.payload.raw()); });
  const auto before = socket.metrics().frames_received;
  for (int n = 0; n < 10; ++n) connection.broadcast("room:1", "news", number(n));
  EXPECT_EQ(socket.metrics().frames_received - before, 4u);
  EXPECT_EQ(queue->poll(), 4u);
  server.run();
  EXPECT_EQ(socket.metrics().frames_received - before, 8u);
  EXPECT_EQ(queue->poll(), 4u);
  server.run();
  EXPECT_EQ(queue->poll(), 2u);
  ASSERT_EQ(heard.size(), 10u);
  for (int n = 0; n < 10; ++n) EXPECT_EQ(heard[static_cast<std::size_t>(n)], number(n).raw());
  EXPECT_EQ(socket.metrics().dropped_messages, 0u);
}

TEST_F(Dispatched, messages_of_too_many_bytes_are_not_read_until_there_is_room) {
  SocketOptions narrow = options();
  narrow.max_undelivered_bytes = 1'000'000;
  Socket socket{"ws://test/socket", narrow};
  Channel room = socket.channel("room:1");
  const testing::Connection connection = join(socket, room);
  std::size_t bytes = 0;
  room.on("news", [&](const Message& message) { bytes += message.payload.raw().size(); });
  socket.on_message([](const Message&) {});  // another copy
  const Payload large{{"text", std::string(100'000, 'x')}};
  for (int n = 0; n < 100; ++n) connection.broadcast("room:1", "news", large);
  EXPECT_EQ(queue->poll(), 10u);
  for (int n = 0; n < 20; ++n) {
    server.run();
    EXPECT_LE(queue->poll(), 10u);
  }
  EXPECT_EQ(bytes, 100 * large.raw().size());
  EXPECT_EQ(socket.metrics().dropped_messages, 0u);
}

TEST_F(Dispatched, replies_count_as_messages_do) {
  SocketOptions narrow = options();
  narrow.max_undelivered_bytes = 1'000;
  Socket socket{"ws://test/socket", narrow};
  Channel room = socket.channel("room:1");
  const testing::Connection connection = join(socket, room);
  int replies = 0;
  for (int n = 0; n < 4; ++n) room.push("ask").then([&](const Reply&) { ++replies; });
  for (int n = 0; n < 4; ++n) connection.expect_push("room:1", "ask").reply_ok({{"text", std::string(600, 'x')}});
  EXPECT_EQ(queue->poll(), 2u);
  server.run();
  EXPECT_EQ(queue->poll(), 2u);
  EXPECT_EQ(replies, 4);
}

/// A full queue of any duration.
class Backlogged : public Dispatched {
 protected:
  Backlogged() {
    room.on("news", [this](const Message&) { ++heard; });
    for (int n = 0; n < 5; ++n) connection.broadcast("room:1", "news");
    connection.answer_heartbeats(false);
  }

  int heard = 0;
  Socket socket{"ws://test/socket", options(3)};
  Channel room = socket.channel("room:1");
  testing::Connection connection = join(socket, room);
};

TEST_F(Backlogged, sockets_send_heartbeats_and_none_times_out) {
  for (int n = 0; n < 100; ++n) {
    server.advance(30s);
    connection.expect_heartbeat().reply_ok();
  }
  EXPECT_TRUE(connection.is_open());
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 0u);
  EXPECT_EQ(heard, 0);
  queue->poll();
  server.run();
  queue->poll();
  EXPECT_EQ(heard, 5);
  server.advance(30s);
  connection.expect_heartbeat().reply_ok();
  server.advance(29s);
  EXPECT_TRUE(connection.is_open());
}

TEST_F(Backlogged, sockets_give_a_heartbeat_its_time_once_they_read_again) {
  server.advance(35s);
  const testing::Request heartbeat = connection.expect_heartbeat();
  queue->poll();
  server.advance(10s - 1ms);
  EXPECT_TRUE(connection.is_open());
  heartbeat.reply_ok();
  server.advance(5s);
  EXPECT_TRUE(connection.is_open());
}

TEST_F(Backlogged, sockets_notice_a_dead_server_once_they_read_again) {
  server.advance(35s);
  queue->poll();
  server.advance(10s);
  EXPECT_FALSE(connection.is_open());
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 1u);
}

TEST_F(Backlogged, sockets_that_connect_again_read_on) {
  connection.lose();
  server.advance(5s);
  const testing::Connection next = server.accept();
  next.expect_join("room:1").reply_ok();
  next.broadcast("room:1", "news");
  const int before = heard;
  while (queue->poll() > 0) server.run();
  EXPECT_EQ(heard - before, 4);  // three that waited, and the new one; those that were not read are lost
}

TEST_F(Dispatched, what_a_callback_has_taken_makes_room_before_the_next_is_called) {
  Socket socket{"ws://test/socket", options(2)};
  Channel room = socket.channel("room:1");
  const testing::Connection connection = join(socket, room);
  int heard = 0;
  room.on("news", [&](const Message&) {
    if (++heard == 2) connection.broadcast("room:1", "news");
  });
  connection.broadcast("room:1", "news");
  connection.broadcast("room:1", "news");
  queue->poll();
  queue->poll();
  EXPECT_EQ(heard, 3);
}

TEST_F(Dispatched, messages_to_a_queue_that_is_gone_do_not_wait) {
  Socket socket{"ws://test/socket", options(1)};
  Channel room = socket.channel("room:1");
  const testing::Connection connection = join(socket, room);
  room.on("news", [](const Message&) {});
  queue.reset();
  for (int n = 0; n < 3; ++n) connection.broadcast("room:1", "news");
  EXPECT_EQ(socket.metrics().dropped_messages, 0u);
}

TEST_F(Dispatched, errors_of_functions_on_the_clients_own_thread_are_reported_within_poll) {
  SocketOptions with_oops = options();
  with_oops.reconnect.backoff =
      CustomBackoff([](const Retry&) -> std::optional<std::chrono::milliseconds> { throw std::runtime_error("oops"); });
  Socket socket{"ws://test/socket", std::move(with_oops)};
  std::vector<std::string> reported;
  socket.on_callback_error([&](std::exception_ptr, std::string_view where) { reported.emplace_back(where); });
  socket.connect();
  server.next_attempt().refuse(503);
  EXPECT_EQ(socket.metrics().callback_errors, 1u);
  EXPECT_EQ(reported, std::vector<std::string>());
  queue->poll();
  EXPECT_EQ(reported, std::vector<std::string>{"reconnect.backoff"});
}

TEST_F(Dispatched, by_a_function_that_throws_means_that_it_is_written_down_and_counted) {
  Socket socket{
      "ws://test/socket",
      server.options({.dispatcher = [](const std::function<void()>&) { throw std::runtime_error("no more room"); }})};
  int reported = 0;
  socket.on_callback_error([&](std::exception_ptr, std::string_view) { ++reported; });
  socket.connect();
  ::testing::internal::CaptureStderr();
  server.accept();
  const std::string written = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(written.find("no more room"), written.npos) << written;
  EXPECT_EQ(reported, 0) << "that would be on the wrong thread";
  EXPECT_GE(socket.metrics().callback_errors, 1u);
  EXPECT_TRUE(socket.is_connected());
}

}  // namespace
}  // namespace suzaku::client

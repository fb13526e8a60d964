// Callbacks on a thread of the program's: CallbackQueue and poll().
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"

namespace suzaku::client::real {
namespace {

class Polled : public testing::Test {
 protected:
  SocketOptions options() const {
    SocketOptions options = quick_options();
    options.dispatcher = queue_.dispatcher();
    return options;
  }
  /// Calls back until this holds.
  template <class F>
  void poll_until(F holds) {
    const auto end = std::chrono::steady_clock::now() + kSoon;
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      queue_.wait_for(100ms);
      queue_.poll();
    }
  }

  ServerProcess server_;
  CallbackQueue queue_;
};

TEST_F(Polled, callbacks_come_within_poll_only_and_in_order) {
  std::vector<std::string> story;  // without a lock: all on this thread
  Socket socket(server_.url(), options());
  socket.on_open([&](const Socket::Opened&) { story.push_back("open"); });
  Channel room = socket.channel("room:1");
  room.on_join([&](const Joined&) { story.push_back("join"); });
  room.on("pushed", [&](const Message& message) { story.push_back(std::string(message.payload.raw())); });
  ok(socket.connect());  // which this thread may wait for
  ok(room.join());
  room.push("push_me", {{"n", 1}});
  room.push("push_me", {{"n", 2}});
  ok(room.push("echo"));
  EXPECT_EQ(story, std::vector<std::string>());
  poll_until([&] { return story.size() >= 4; });
  EXPECT_EQ(story, (std::vector<std::string>{"open", "join", R"({"n":1})", R"({"n":2})"}));
}

TEST_F(Polled, functions_that_give_params_are_asked_within_poll) {
  const auto self = std::this_thread::get_id();
  bool asked_here = false;
  Socket socket(server_.url(), options());
  socket.connect();
  Channel room = socket.channel("room:1", JoinParams([&](const JoinAttempt&) -> Result<Payload> {
                                  asked_here = std::this_thread::get_id() == self;
                                  return Payload{{"n", 1}};
                                }));
  Push join = room.join();
  poll_until([&] { return join.try_get().has_value(); });
  EXPECT_TRUE(asked_here);
  EXPECT_EQ(ok(join).response.json().at("params").at("n"), Json(1));
}

TEST_F(Polled, a_callback_may_push_and_wait) {
  Socket socket(server_.url(), options());
  ok(socket.connect());
  Channel room = joined(socket, "room:1");
  int answered = 0;
  room.on("pushed", [&](const Message&) { answered += room.push("echo").get().ok() ? 1 : 0; });
  room.push("push_me");
  room.push("push_me");
  poll_until([&] { return answered == 2; });
}

TEST_F(Polled, a_callback_may_wait_for_a_reply_though_nothing_is_read_any_more) {
  SocketOptions narrow = options();
  narrow.max_undelivered = 4;
  Socket socket(server_.url(), narrow);
  ok(socket.connect());
  Channel room = joined(socket, "room:1");
  queue_.poll();
  int answered = 0;
  room.on("pushed", [&](const Message&) { answered += end_of(room.push("echo")).ok() ? 1 : 0; });
  for (int i = 0; i < 20; ++i) room.push("push_me");
  await([&] { return socket.metrics().frames_received >= 5; });  // the join's reply and four messages: it pauses
  poll_until([&] { return answered >= 4; });
  EXPECT_GT(socket.metrics().dropped_messages, 0U) << "there was no room for them, and the reply stood behind them";
}

TEST_F(Polled, a_callback_may_wait_for_a_reply_while_functions_on_the_clients_own_thread_throw) {
  SocketOptions with_oops = options();
  with_oops.on_wire = [](const WireEvent& event) {
    if (event.kind == WireEvent::Kind::received) throw std::runtime_error("on purpose");
  };
  Socket socket(server_.url(), with_oops);
  const auto self = std::this_thread::get_id();
  int told_here = 0;
  int told_elsewhere = 0;
  socket.on_callback_error([&](std::exception_ptr, std::string_view) {
    ++(std::this_thread::get_id() == self ? told_here : told_elsewhere);
  });
  ok(socket.connect());
  Channel room = joined(socket, "room:1");
  bool answered = false;
  room.on("pushed", [&](const Message&) { answered = end_of(room.push("echo")).ok(); });
  room.push("push_me");
  poll_until([&] { return answered; });
  EXPECT_GT(told_here, 0);
  EXPECT_EQ(told_elsewhere, 0);
}

TEST_F(Polled, a_callback_that_waits_for_an_event_gets_an_exception) {
  Socket socket(server_.url(), options());
  ok(socket.connect());
  Channel room = joined(socket, "room:1");
  EventStream events = room.events("later");
  bool tried = false;
  room.on("pushed", [&](const Message&) {
    EXPECT_THROW(events.next().get_for(kSoon), std::logic_error);
    tried = true;
  });
  room.push("push_me");
  poll_until([&] { return tried; });
  EXPECT_FALSE(events.next().get_for(1ms)) << "outside of a callback one may";
}

TEST_F(Polled, what_still_waits_when_the_socket_goes_is_not_called) {
  int called = 0;
  auto socket = std::make_unique<Socket>(server_.url(), options());
  ok(socket->connect());
  Channel room = joined(*socket, "room:1");
  room.on("pushed", [&](const Message&) { ++called; });
  room.push("push_me");
  ok(room.push("echo").then([&](const Reply&) { ++called; }));
  socket.reset();
  EXPECT_GT(queue_.poll(), 0U);
  EXPECT_EQ(called, 0);
}

TEST_F(Polled, a_socket_may_be_destroyed_within_poll) {
  int called = 0;
  auto socket = std::make_unique<Socket>(server_.url(), options());
  ok(socket->connect());
  Channel room = joined(*socket, "room:1");
  for (int i = 0; i < 2; ++i) {
    room.on("pushed", [&](const Message&) {
      ++called;
      socket.reset();
    });
  }
  room.push("push_me");
  room.push("push_me");
  ok(room.push("echo"));
  poll_until([&] { return called > 0; });
  while (queue_.poll() > 0) {
  }
  EXPECT_EQ(called, 1);
}

TEST_F(Polled, the_queue_may_go_before_the_socket) {
  auto queue = std::make_unique<CallbackQueue>();
  SocketOptions with_queue = options();
  with_queue.dispatcher = queue->dispatcher();
  Socket socket(server_.url(), with_queue);
  socket.connect();
  Channel room = socket.channel("room:1");
  room.on("*", [](const Message&) { FAIL(); });
  room.join();
  queue.reset();
  room.push("push_me");
  ok(room.push("echo"));
}

}  // namespace
}  // namespace suzaku::client::real

#include <coroutine>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <suzaku/client/coroutine.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Endings : public ClientTest {};

TEST_F(Endings, a_gap_begins_when_the_server_was_last_heard) {
  testing::Server silent{{.answer_heartbeats = false}};
  Socket socket("ws://test/socket", silent.options({.heartbeat_interval = 30s, .heartbeat_timeout = 10s}));
  socket.connect();
  const testing::Connection connection = silent.accept();
  Channel room = socket.channel("room:1");
  std::vector<std::chrono::system_clock::duration> gaps;
  room.on_gap([&](const Gap& gap) { gaps.push_back(gap.until - gap.since); });
  room.join();
  connection.expect_join("room:1").reply_ok();
  silent.advance(40s);  // the heartbeat's time is up
  silent.advance(1s);
  silent.accept().expect_join("room:1").reply_ok();
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps.front(), 41s);
}

TEST_F(Endings, a_push_after_leaving_and_rejoining_waits_for_the_new_join) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.leave();
  room.join();
  Push push = room.push("shout");
  connection.expect_leave("room:1").reply_ok();
  connection.expect_join("room:1").reply_ok();
  connection.expect_push("room:1", "shout").reply_ok();
  EXPECT_TRUE(server.reply_of(push).ok());
}

TEST_F(Endings, leaving_once_more_ends_what_waited_for_the_new_join) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  room.leave();
  Push join = room.join();
  Push push = room.push("shout");
  Push leave = room.leave();
  connection.expect_leave("room:1").reply_ok();
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::cancelled);
  EXPECT_EQ(server.reply_of(push).outcome, Outcome::closed);
  EXPECT_TRUE(server.reply_of(leave).ok());
}

TEST_F(Endings, giving_up_ends_what_waits_for_the_connection) {
  Channel room = socket.channel("room:1");
  Push join = room.join();
  Push push = room.push("shout");
  Push connecting = socket.connect();
  server.next_attempt().refuse(403);
  for (const Push& each : {connecting, join, push}) {
    const Reply reply = server.reply_of(each);
    EXPECT_EQ(reply.outcome, Outcome::error);
    EXPECT_NE(reply.message.find("403"), std::string::npos) << reply.message;
  }
}

TEST_F(Endings, a_refusal_that_is_final_ends_what_waits_for_the_join) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  Push join = room.join();
  Push before = room.push("shout");
  connection.expect_join("room:1").reply_error({{"reason", "too many channels joined"}});
  Push after = room.push("shout");
  EXPECT_EQ(server.reply_of(join).refusal, Refusal::too_many_channels);
  EXPECT_EQ(server.reply_of(before).outcome, Outcome::error);
  EXPECT_EQ(server.reply_of(after).outcome, Outcome::error);
}

TEST_F(Endings, an_endpoint_that_opens_and_dies_is_left_for_the_next) {
  Socket two("ws://one/socket", server.options({.failover = {"ws://two/socket"}}));
  two.connect();
  testing::Attempt first = server.next_attempt();
  EXPECT_NE(first.url().find("one"), std::string::npos);
  first.accept().lose();
  server.advance(2s);
  EXPECT_NE(server.next_attempt().url().find("two"), std::string::npos);
}

TEST_F(Endings, the_longest_time_there_is_means_to_wait_very_long) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Push push = room.push("shout", {}, {.timeout = std::chrono::milliseconds::max()});
  server.advance(24h);
  EXPECT_FALSE(push.try_get());
}

/// A coroutine type that lets exceptions out.
struct Leaky {
  struct promise_type {
    Leaky get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { throw; }
  };
  ~Leaky() { coroutine.destroy(); }
  std::coroutine_handle<promise_type> coroutine;
};

Leaky wait_and_throw(Push push) {
  co_await push;
  throw std::runtime_error("out of a coroutine");
}

TEST_F(Endings, what_a_coroutine_throws_is_reported_and_ends_nothing_else) {
  std::vector<std::string> reported;
  socket.on_callback_error([&](std::exception_ptr, std::string_view where) { reported.emplace_back(where); });
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Leaky leaky = wait_and_throw(room.push("one"));
  Push other = room.push("two");
  server.run();
  connection.lose();
  EXPECT_EQ(server.reply_of(other).outcome, Outcome::disconnected);
  EXPECT_EQ(room.state(), Channel::State::errored);
  EXPECT_EQ(reported, std::vector<std::string>{"coroutine"});
}

struct EndFlag {
  bool* gone;
  ~EndFlag() { *gone = true; }
};

Coroutine wait_with(Push push, bool* gone) {
  const EndFlag flag{gone};
  co_await push;
}

TEST_F(Endings, a_coroutine_has_ended_when_its_locals_are_gone) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Push push = room.push("one");
  bool gone = false;
  Coroutine coroutine = wait_with(push, &gone);
  connection.expect_push("room:1", "one").reply_ok();
  coroutine.wait();
  EXPECT_TRUE(gone);
}

TEST(EndingsOfSockets, a_destroyed_socket_leaves_nothing_on_a_shared_runtime) {
  const Runtime runtime;
  const auto secret = std::make_shared<int>();
  for (int i = 0; i < 2'000; ++i) {
    Socket socket("ws://127.0.0.1:1/socket", {.auth_token = [secret](const ConnectAttempt&) -> Result<std::string> {
                                                return failure("not asked");
                                              },
                                              .runtime = runtime});
  }
  while (secret.use_count() > 1) std::this_thread::yield();  // until the runtime has got to the last
}

}  // namespace
}  // namespace suzaku::client

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <suzaku/client/event_stream.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// A coroutine that ends with its handle, wherever it is.
class Scoped {
 public:
  struct promise_type {
    Scoped get_return_object() { return Scoped(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  Scoped(Scoped&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  ~Scoped() {
    if (coroutine_) coroutine_.destroy();
  }

 private:
  explicit Scoped(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  std::coroutine_handle<promise_type> coroutine_;
};

Scoped await_reply(Push push, std::string& log) {
  const Reply reply = co_await push;
  log += reply.status + ' ';
}

Scoped await_events(std::shared_ptr<EventStream> events, std::string& log) {
  while (auto event = co_await events->next()) log += event->name + ' ';
  log += "end ";
}

/// Coroutines that are destroyed while they wait.
class Waiter : public ClientTest {
 protected:
  testing::Connection connection = connect();
  Channel room = joined(connection);
  std::string log;
};

TEST_F(Waiter, for_a_reply_is_not_resumed_once_it_is_destroyed) {
  Push push = room.push("ask");
  std::optional<Scoped> first(await_reply(push, log));
  first.reset();
  connection.expect_push("room:1", "ask").reply_ok();
  EXPECT_EQ(log, "");
  EXPECT_TRUE(server.reply_of(push).ok());
}

TEST_F(Waiter, for_a_reply_makes_way_for_another_when_it_is_destroyed) {
  Push push = room.push("ask");
  std::optional<Scoped> first(await_reply(push, log));
  first.reset();
  const Scoped second = await_reply(push, log);
  connection.expect_push("room:1", "ask").reply_ok();
  EXPECT_EQ(log, "ok ");
}

TEST_F(Waiter, for_a_reply_may_be_destroyed_by_a_callback_that_is_called_before_it) {
  Push push = room.push("ask");
  std::optional<Scoped> first(await_reply(push, log));
  push.then([&](const Reply&) { first.reset(); });
  connection.expect_push("room:1", "ask").reply_ok();
  EXPECT_EQ(log, "");
}

TEST_F(Waiter, for_an_event_is_not_resumed_once_it_is_destroyed) {
  const auto events = std::make_shared<EventStream>(room.events("news"));
  std::optional<Scoped> first(await_events(events, log));
  connection.push("room:1", "news");
  EXPECT_EQ(log, "news ");
  first.reset();
  connection.push("room:1", "news");
  EXPECT_EQ(log, "news ");
  const Scoped second = await_events(events, log);
  connection.push("room:1", "news");
  EXPECT_EQ(log, "news news news ") << "what nobody has taken is still there";
  connection.close_channel("room:1");
  EXPECT_EQ(log, "news news news end ");
}

TEST_F(Waiter, may_own_what_it_waits_for) {
  {
    const Scoped waiter = await_events(std::make_shared<EventStream>(room.events("news")), log);
  }
  connection.push("room:1", "news");
  EXPECT_EQ(log, "");
}

TEST_F(Waiter, that_the_end_of_the_socket_wakes_may_destroy_one_that_is_still_asleep) {
  std::optional<Socket> brief(std::in_place, "ws://test/socket", server.options());
  brief->connect();
  server.accept();
  std::optional<Scoped> sleeper;
  bool is_woken = false;
  const auto wake = [](Push push, std::optional<Scoped>& other, bool& woken) -> Scoped {
    co_await push;
    woken = true;
    other.reset();
  };
  std::string unheard;
  Channel hall = brief->channel("hall");
  const Push joins[] = {hall.join(), hall.join()};
  const Scoped waker = wake(joins[0], sleeper, is_woken);
  sleeper.emplace(await_reply(joins[1], unheard));
  brief.reset();
  EXPECT_TRUE(is_woken);
  EXPECT_TRUE(unheard.empty() || unheard == "closed ") << unheard;
}

}  // namespace
}  // namespace suzaku::client

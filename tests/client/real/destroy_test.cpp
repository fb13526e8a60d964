// A socket that is destroyed in the middle of whatever it does.
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"
#include "served_phoenix.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

/// Alone on its runtime, or with others on one that lives on.
class Destroy : public testing::TestWithParam<bool> {
 protected:
  SocketOptions options() const {
    SocketOptions options = quick_options();
    options.connect_timeout = options.tls_timeout = options.handshake_timeout = options.close_timeout = kNever;
    if (GetParam()) options.runtime = runtime_;
    return options;
  }
  std::unique_ptr<Socket> make_socket(const std::string& url) const { return std::make_unique<Socket>(url, options()); }
  static void expect_closed(const Push& push) { EXPECT_EQ(end_of(push).outcome, Outcome::closed); }

  Runtime runtime_;
};
INSTANTIATE_TEST_SUITE_P(A, Destroy, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "with_others" : "alone"; });

TEST_P(Destroy, socket_that_was_never_used) {
  auto socket = make_socket(url_of(1));
  const Channel room = socket->channel("room:1");
  const Push push = Channel(room).push("echo");
  socket.reset();
  expect_closed(push);
  expect_closed(Channel(room).join());
  expect_closed(Channel(room).push("echo"));
  expect_closed(Channel(room).leave());
}

TEST_P(Destroy, socket_that_looks_its_host_up) {
  for (int i = 0; i < 5; ++i) {
    auto socket = make_socket("ws://host-" + std::to_string(i) + ".suzaku.invalid/socket");
    const Push connect = socket->connect();
    const Push join = socket->channel("room:1").join();
    socket.reset();
    expect_closed(connect);
    expect_closed(join);
  }
}

TEST_P(Destroy, socket_that_waits_for_the_handshake) {
  for (const char* scheme : {"ws", "wss"}) {
    test::Inbox<std::string> requests;
    test::ScriptedServer server([&](test::ServedConnection& connection) {
      requests.add(connection.read_some());
      connection.read_to_end();
    });
    auto socket = make_socket(url_of(server.port(), scheme));
    const Push connect = socket->connect();
    EXPECT_NE(requests.next(), "");
    EXPECT_EQ(socket->status(), Socket::Status::connecting);
    socket.reset();
    expect_closed(connect);
  }
}

TEST_P(Destroy, socket_that_waits_for_its_next_attempt) {
  SocketOptions patient = options();
  patient.reconnect.backoff = ListBackoff{.delays = {kNever}};
  std::uint16_t port = 0;
  {
    port = test::ScriptedServer([](test::ServedConnection&) {}).port();
  }
  auto socket = std::make_unique<Socket>(url_of(port), patient);
  test::Inbox<bool> waits;
  socket->on_reconnect([&](const Socket::Reconnecting&) { waits.add(true); });
  const Push connect = socket->connect();
  waits.next();
  socket.reset();
  expect_closed(connect);
}

TEST_P(Destroy, socket_with_ten_thousand_pushes_that_the_server_does_not_read) {
  std::promise<void> end;
  test::ScriptedServer server([&, ended = end.get_future().share()](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    phoenix.answer();
    ended.wait();
  });
  SocketOptions roomy = options();
  roomy.close_timeout = 50ms;
  roomy.max_buffered = 10'000;
  auto socket = std::make_unique<Socket>(url_of(server.port()), roomy);
  socket->connect();
  Channel room = joined(*socket, "room:1");
  std::vector<Push> pushes;
  const std::string text(2'000, 'x');
  for (int i = 0; i < 10'000; ++i) pushes.push_back(room.push("shout", {{"text", text}}));
  await([&] { return room.buffered() > 0; });  // the network is full, and so is what may wait for it
  socket.reset();
  for (const Push& push : pushes) expect_closed(push);
  end.set_value();
}

Coroutine remember_end(Push push, std::vector<Outcome>& outcomes) {
  const Reply reply = co_await push;
  outcomes.push_back(reply.outcome);
}
Coroutine remember_end(EventStream& events, std::vector<Outcome>& outcomes) {
  const auto event = co_await events.next();
  outcomes.push_back(event ? Outcome::ok : Outcome::closed);
}

/// A connection to a server that answers the first messages, two joins, and is silent then.
class DestroyWaiting : public Destroy {
 protected:
  DestroyWaiting() : socket_(make_socket(url_of(server_.port()))) {
    socket_->connect();
    room_.emplace(joined(*socket_, "room:1"));
    Channel left = joined(*socket_, "room:2");
    waiting_ = {room_->push("echo"), socket_->ping(), socket_->channel("room:3").join(), left.leave()};
  }

  ~DestroyWaiting() override { over_.set_value(); }

  std::promise<void> over_;
  test::ScriptedServer server_{[this](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    phoenix.answer();
    phoenix.answer();
    over_.get_future().wait();
  }};
  std::unique_ptr<Socket> socket_;
  std::optional<Channel> room_;
  std::vector<Push> waiting_;
};
INSTANTIATE_TEST_SUITE_P(A, DestroyWaiting, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "with_others" : "alone"; });

TEST_P(DestroyWaiting, wakes_those_who_wait_in_get) {
  std::vector<std::future<Outcome>> waiters;
  for (const Push& push : waiting_)
    waiters.push_back(std::async(std::launch::async, [push] { return push.get().outcome; }));
  EventStream events = room_->events("shout");
  auto event = std::async(std::launch::async, [&] { return events.next().get().has_value(); });
  std::this_thread::sleep_for(5ms);  // they wait by now most likely; if not, the test covers less
  socket_.reset();
  for (auto& waiter : waiters) {
    ASSERT_EQ(waiter.wait_for(kSoon), std::future_status::ready);
    EXPECT_EQ(waiter.get(), Outcome::closed);
  }
  ASSERT_EQ(event.wait_for(kSoon), std::future_status::ready);
  EXPECT_FALSE(event.get());
  EXPECT_FALSE(events.next().get()) << "afterwards, too";
}

TEST_P(DestroyWaiting, wakes_those_who_wait_for_the_connection_to_close) {
  const Push disconnect = socket_->disconnect();
  const Push connect = socket_->connect();
  await([&] { return socket_->status() == Socket::Status::disconnecting; });
  socket_.reset();
  expect_closed(disconnect);
  expect_closed(connect);
}

TEST_P(DestroyWaiting, resumes_coroutines) {
  std::vector<Outcome> outcomes;
  EventStream events = room_->events("shout");
  for (const Push& push : waiting_) remember_end(push, outcomes).detach();
  remember_end(events, outcomes).detach();
  EXPECT_EQ(outcomes.size(), 0U);
  socket_.reset();
  EXPECT_EQ(outcomes, std::vector<Outcome>(5, Outcome::closed));
  remember_end(room_->push("echo"), outcomes).detach();
  remember_end(events, outcomes).detach();
  EXPECT_EQ(outcomes.size(), 7U) << "afterwards, too";
}

/// Something that calls back all the time.
class DestroyBusy : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<ServerProcess>(); }
  static void TearDownTestSuite() { server_.reset(); }
  static constexpr int kRounds = 50;
  static std::unique_ptr<ServerProcess> server_;
};
std::unique_ptr<ServerProcess> DestroyBusy::server_;

TEST_F(DestroyBusy, on_another_thread_while_callbacks_run) {
  Runtime runtime;
  for (int round = 0; round < kRounds; ++round) {
    // An object that ends with the socket: later uses of it are detected.
    auto heard = std::make_unique<int>(0);
    test::Inbox<bool> begun;
    const auto hear = [&begun, heard = heard.get()](const auto&...) {
      if (++*heard == 10) begun.add(true);
    };
    SocketOptions watched = quick_options(runtime);
    watched.on_wire = hear;
    auto socket = std::make_unique<Socket>(server_->url(), watched);
    Channel room = socket->channel("room:" + std::to_string(round));
    room.on("pushed", hear);
    socket->on_message(hear);
    socket->on_close(hear);
    room.on_error(hear);
    socket->connect();
    room.join();
    for (int i = 0; i < 200; ++i) room.push("push_me").then(hear);
    begun.next();
    socket.reset();
    heard.reset();
  }
}

TEST_F(DestroyBusy, taking_a_callback_back_ends_it) {
  Socket socket(server_->url(), quick_options());
  socket.connect();
  Channel room = joined(socket, "room:1");
  for (int round = 0; round < kRounds; ++round) {
    auto heard = std::make_unique<int>(0);
    test::Inbox<bool> begun;
    const auto binding = room.on("shout", [&begun, heard = heard.get()](const Message&) {
      if (++*heard == 3) begun.add(true);
    });
    for (int i = 0; i < 20; ++i) room.push("shout");
    begun.next();
    room.off(binding);
    heard.reset();
  }
}

TEST_F(DestroyBusy, an_event_stream_within_a_callback_and_on_another_thread) {
  Socket socket(server_->url(), quick_options());
  socket.connect();
  Channel room = joined(socket, "room:1");
  for (int round = 0; round < kRounds; ++round) {
    auto ends_within = std::make_unique<EventStream>(room.events("shout"));
    auto ends_outside = std::make_unique<EventStream>(room.events("shout"));
    test::Inbox<bool> begun;
    const auto binding = room.on("shout", [&](const Message&) {
      if (ends_within) begun.add(true);
      ends_within.reset();
    });
    for (int i = 0; i < 20; ++i) room.push("shout");
    begun.next();
    ends_outside.reset();
    room.off(binding);
  }
  ok(room.push("echo"));
}

}  // namespace
}  // namespace suzaku::client::real

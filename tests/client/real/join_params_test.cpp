// Params of joins that come from functions which may block.
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "real.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

class BlockingJoinParams : public testing::Test {
 protected:
  static SocketOptions options() {
    SocketOptions options = quick_options();
    options.join_params_may_block = true;
    return options;
  }
  /// Hangs until `go_on` is set.
  JoinParams hanging() {
    return JoinParams([this](const JoinAttempt&) -> Result<Payload> {
      ++calls;
      gate.wait_for(kSoon);
      return Payload{};
    });
  }
  static JoinParams quick() {
    return JoinParams([](const JoinAttempt&) -> Result<Payload> { return Payload{}; });
  }

  const ServerProcess server;
  std::promise<void> go_on;
  const std::shared_future<void> gate = go_on.get_future().share();
  std::atomic<int> calls{0};
};

TEST_F(BlockingJoinParams, that_hang_stop_neither_other_channels_nor_heartbeats) {
  SocketOptions given = options();
  given.heartbeat_interval = 10ms;
  Socket socket(server.url(), given);
  Channel stuck = socket.channel("room:1", hanging());
  stuck.join();
  socket.connect();
  await([&] { return calls == 1; });
  for (int i = 2; i < 6; ++i) joined(socket, "room:" + std::to_string(i), quick());
  const auto sent = socket.metrics().frames_sent;
  await([&] { return socket.metrics().frames_sent >= sent + 3; });
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 0U);
  EXPECT_EQ(stuck.state(), Channel::State::joining);
  go_on.set_value();
  await([&] { return stuck.state() == Channel::State::joined; });
}

TEST_F(BlockingJoinParams, that_hang_fail_the_join_in_time_and_hold_one_thread) {
  SocketOptions given = options();
  given.credentials_timeout = 5ms;
  test::Inbox<ChannelError> errors;
  Socket socket(server.url(), given);
  Channel stuck = socket.channel("room:1", hanging());
  stuck.on_error([&](const ChannelError& error) { errors.add(error); });
  stuck.join();
  socket.connect();
  for (int i = 0; i < 5; ++i) {
    const ChannelError error = errors.next();
    EXPECT_EQ(error.kind, ChannelError::Kind::params_failed);
    EXPECT_EQ(error.message, "the function that gives the join's params did not return within 5 ms");
  }
  EXPECT_EQ(calls, 1);
  go_on.set_value();
  await([&] { return stuck.state() == Channel::State::joined; });
}

TEST_F(BlockingJoinParams, of_two_channels_that_hang_leave_threads_for_other_sockets) {
  const Runtime runtime;
  SocketOptions given = options();
  given.runtime = runtime;
  Socket socket(server.url(), given);
  for (int i = 0; i < 8; ++i) socket.channel("room:" + std::to_string(i), hanging()).join();
  socket.connect();
  await([&] { return calls == 2; });
  SocketOptions other = quick_options(runtime);
  other.auth_token = [](const ConnectAttempt&) -> Result<std::string> { return ""; };
  Socket independent(server.url(), other);
  ok(independent.connect());
  EXPECT_EQ(calls, 2);
  go_on.set_value();
}

TEST_F(BlockingJoinParams, that_throw_fail_the_join_and_are_asked_again) {
  std::atomic<bool> throws{true};
  test::Inbox<ChannelError> errors;
  Socket socket(server.url(), options());
  Channel room = socket.channel("room:1", JoinParams([&](const JoinAttempt&) -> Result<Payload> {
                                  if (throws.exchange(false)) throw std::runtime_error("a bug");
                                  return Payload{};
                                }));
  room.on_error([&](const ChannelError& error) { errors.add(error); });
  const Push join = room.join();
  socket.connect();
  const ChannelError error = errors.next();
  EXPECT_EQ(error.kind, ChannelError::Kind::params_failed);
  EXPECT_EQ(error.message, "the function that gives the join's params has thrown: a bug");
  ok(join);
}

}  // namespace
}  // namespace suzaku::client::real

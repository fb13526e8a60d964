// Params and tokens that come from functions: slow ones, failing ones, throwing ones.
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"
#include "served_phoenix.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

using TokenFunction = std::function<Result<std::string>(const ConnectAttempt&)>;

/// A server that tells what it was asked for, and drops each connection on request.
class Tokens : public testing::Test {
 protected:
  SocketOptions options(TokenFunction token) const {
    SocketOptions options = quick_options();
    options.auth_token = std::move(token);
    return options;
  }
  /// The token of the next connection, as phoenix.js encodes it.
  std::string next_token() {
    const std::string protocols = test::header_of(requests_.next(), "Sec-WebSocket-Protocol").value_or("");
    return protocols.substr(protocols.rfind('.') + 1);
  }

  test::Inbox<std::string> requests_;
  test::ScriptedServer server_{[this](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    requests_.add(phoenix.websocket().request());
    while (true) {
      const auto received = phoenix.websocket().next();
      if (received.kind != test::Received::Kind::text) return;
      if (received.payload.find("drop me") != std::string::npos) return connection.reset();
    }
  }};
  const std::string url_ = url_of(server_.port());
};

/// "1", "2", ... in Base64.
constexpr const char* kOne = "MQ";
constexpr const char* kTwo = "Mg";
constexpr const char* kThree = "Mw";

TEST_F(Tokens, a_slow_function_delays_no_other_socket) {
  std::promise<void> go_on;
  Runtime runtime;
  SocketOptions slow = options([gate = go_on.get_future().share()](const ConnectAttempt&) -> Result<std::string> {
    gate.wait();
    return "1";
  });
  slow.runtime = runtime;
  Socket waiting(url_, slow);
  const Push connect = waiting.connect();
  SocketOptions quick = options([](const ConnectAttempt&) -> Result<std::string> { return "2"; });
  quick.runtime = runtime;
  {
    Socket other(url_, quick);
    ok(other.connect());
    EXPECT_EQ(next_token(), kTwo);
    EXPECT_FALSE(connect.try_get());
    EXPECT_EQ(waiting.status(), Socket::Status::connecting);
  }
  go_on.set_value();
  ok(connect);
  EXPECT_EQ(next_token(), kOne);
}

TEST_F(Tokens, a_function_that_takes_too_long_is_asked_again_and_its_late_answer_is_not_used) {
  std::promise<void> go_on;
  SocketOptions impatient =
      options([gate = go_on.get_future().share()](const ConnectAttempt& attempt) -> Result<std::string> {
        if (attempt.attempt > 1) return "2";
        gate.wait();
        return "1";
      });
  impatient.credentials_timeout = 20ms;
  Socket socket(url_, impatient);
  test::Inbox<Disconnect> reasons;
  socket.on_reconnect([&](const Socket::Reconnecting& next) { reasons.add(next.reason); });
  const Push connect = socket.connect();
  const Disconnect reason = reasons.next();
  EXPECT_EQ(reason.kind, Disconnect::Kind::credentials_failed);
  EXPECT_NE(reason.message.find("20 ms"), std::string::npos) << reason.message;
  go_on.set_value();
  ok(connect);
  EXPECT_EQ(next_token(), kTwo);
  EXPECT_EQ(socket.metrics().connects, 1U);
}

TEST_F(Tokens, a_function_may_fail_and_throw_and_the_policy_decides) {
  Socket socket(url_, options([](const ConnectAttempt& attempt) -> Result<std::string> {
                  if (attempt.attempt == 1) return failure("the token server is down");
                  if (attempt.attempt == 2) throw std::runtime_error("no such file");
                  return "3";
                }));
  test::Inbox<Disconnect> reasons;
  socket.on_reconnect([&](const Socket::Reconnecting& next) { reasons.add(next.reason); });
  ok(socket.connect());
  for (const char* words : {"the token server is down", "no such file"}) {
    const Disconnect reason = reasons.next();
    EXPECT_EQ(reason.kind, Disconnect::Kind::credentials_failed);
    EXPECT_NE(reason.message.find(words), std::string::npos) << reason.message;
  }
  EXPECT_EQ(next_token(), kThree);
}

TEST_F(Tokens, a_function_that_always_fails_ends_with_the_last_attempt) {
  SocketOptions limited = options([](const ConnectAttempt&) -> Result<std::string> { return failure("locked out"); });
  limited.reconnect.max_attempts = 3;
  Socket socket(url_, limited);
  const Reply reply = end_of(socket.connect());
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_NE(reply.message.find("locked out"), std::string::npos) << reply.message;
  EXPECT_EQ(socket.metrics().attempts, 3U);
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
}

TEST_F(Tokens, each_attempt_asks_for_the_newest) {
  std::atomic<char> token{'1'};
  std::atomic<bool> was_reconnect{false};
  Socket socket(url_, options([&](const ConnectAttempt& attempt) -> Result<std::string> {
                  was_reconnect = attempt.is_reconnect;
                  return std::string(1, token);
                }));
  ok(socket.connect());
  EXPECT_FALSE(was_reconnect);
  EXPECT_EQ(next_token(), kOne);
  socket.on_reconnect([&](const Socket::Reconnecting&) { token = '2'; });  // while it waits to try again
  socket.channel("drop me").join();
  EXPECT_EQ(next_token(), kTwo);
  EXPECT_TRUE(was_reconnect);
}

TEST_F(Tokens, disconnect_does_not_wait_for_a_slow_function) {
  std::promise<void> go_on;
  test::Inbox<bool> asked;
  Socket socket(url_, options([&, gate = go_on.get_future().share()](const ConnectAttempt&) -> Result<std::string> {
                  asked.add(true);
                  gate.wait();
                  return "1";
                }));
  const Push connect = socket.connect();
  asked.next();
  ok(socket.disconnect());
  EXPECT_EQ(end_of(connect).outcome, Outcome::cancelled);
  go_on.set_value();
  ok(socket.connect());
  EXPECT_EQ(next_token(), kOne);
  EXPECT_EQ(socket.metrics().connects, 1U);
}

TEST_F(Tokens, a_function_that_hangs_holds_one_thread_however_often_its_socket_tries) {
  std::promise<void> go_on;
  std::atomic<int> calls{0};
  test::Inbox<bool> failures;
  Runtime runtime;
  SocketOptions hanging = options([&, gate = go_on.get_future().share()](const ConnectAttempt&) -> Result<std::string> {
    ++calls;
    gate.wait();
    return "1";
  });
  hanging.runtime = runtime;
  hanging.credentials_timeout = 5ms;
  Socket waiting(url_, hanging);
  waiting.on_reconnect([&](const Socket::Reconnecting&) { failures.add(true); });
  waiting.connect();
  for (int i = 0; i < 8; ++i) failures.next();
  SocketOptions quick = options([](const ConnectAttempt&) -> Result<std::string> { return "2"; });
  quick.runtime = runtime;
  const auto reply = Socket(url_, quick).connect().get_for(kSoon);
  EXPECT_LE(calls, 1);
  go_on.set_value();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->ok()) << reply->message;
}

TEST_F(Tokens, a_function_is_not_called_for_an_attempt_that_nobody_waits_for) {
  std::promise<void> go_on;
  std::atomic<int> calls{0};
  test::Inbox<bool> busy;
  test::Inbox<bool> timed_out;
  {
    Runtime runtime;
    const auto with = [&](TokenFunction function) {
      SocketOptions options = this->options(std::move(function));
      options.runtime = runtime;
      return options;
    };
    const auto gate = go_on.get_future().share();
    std::vector<Socket> holders;  // of every thread that there is
    for (int i = 0; i < 4; ++i) {
      holders.emplace_back(url_, with([&, gate](const ConnectAttempt&) {
                             busy.add(true);
                             gate.wait();
                             return Result<std::string>(failure("too late"));
                           }));
      holders.back().connect();
      busy.next();
    }
    const TokenFunction counted = [&](const ConnectAttempt&) -> Result<std::string> {
      ++calls;
      return "1";
    };
    Socket disconnected(url_, with(counted));
    disconnected.connect();
    ok(disconnected.disconnect());
    SocketOptions impatient = with(counted);
    impatient.credentials_timeout = 1ms;
    impatient.reconnect.backoff = ListBackoff{.delays = {kNever}};
    Socket late(url_, impatient);
    late.on_reconnect([&](const Socket::Reconnecting&) { timed_out.add(true); });
    late.connect();
    timed_out.next();
    {
      Socket destroyed(url_, with(counted));
      destroyed.connect();
      destroyed.dump_state();  // by now it has asked
    }
    go_on.set_value();
    ok(Socket(url_, with([](const ConnectAttempt&) -> Result<std::string> { return "2"; })).connect());
  }
  EXPECT_EQ(calls, 0);
}

TEST_F(Tokens, the_functions_of_join_params_may_fail_too) {
  ServerProcess phoenix;
  Socket socket(phoenix.url(), quick_options());
  test::Inbox<ChannelError> errors;
  socket.connect();
  Channel room = socket.channel("room:1", JoinParams([](const JoinAttempt& attempt) -> Result<Payload> {
                                  if (attempt.attempt == 1) return failure("not yet");
                                  if (attempt.attempt == 2) throw std::runtime_error("never");
                                  return Payload{{"attempt", attempt.attempt}};
                                }));
  room.on_error([&](const ChannelError& error) { errors.add(error); });
  socket.on_callback_error([](std::exception_ptr, std::string_view) {});
  EXPECT_EQ(ok(room.join()).response.json().at("params").at("attempt"), Json(3));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(errors.next().kind, ChannelError::Kind::params_failed);
}

}  // namespace
}  // namespace suzaku::client::real

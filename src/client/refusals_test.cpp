#include <optional>
#include <string>
#include <utility>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// Answers to the upgrade that are not 101. (How each status is read: tests/client/transport.)
class Refusals : public ClientTest {
 protected:
  /// The result of the client; a new client each time.
  struct Taken {
    bool gave_up = false;
    std::chrono::milliseconds delay{0};
    std::string message;
  };
  Taken refused(int status, std::optional<std::chrono::milliseconds> retry_after = {}, SocketOptions options = {}) {
    Socket client{"ws://test/socket", server.options(std::move(options))};
    Taken taken;
    client.on_give_up([&](const Disconnect&) { taken.gave_up = true; });
    client.on_reconnect([&](const Socket::Reconnecting& next) { taken.delay = next.delay; });
    const Push connect = client.connect();
    server.next_attempt().refuse(status, retry_after);
    EXPECT_EQ(client.status() == Socket::Status::disconnected, taken.gave_up) << status;
    if (taken.gave_up) {
      taken.message = server.reply_of(connect).message;
      EXPECT_EQ(server.reply_of(connect).outcome, Outcome::error);
      server.advance(1h);
    } else {
      EXPECT_FALSE(connect.try_get()) << status;
      server.advance(taken.delay - 1ms);
      server.refute_attempt();
      server.advance(1ms);
      server.accept();
      EXPECT_TRUE(server.reply_of(connect).ok());
    }
    server.refute_attempt();
    return taken;
  }
};

TEST_F(Refusals, that_no_attempt_can_change_end_it) {
  for (const int status : {301, 302, 307, 400, 404, 410, 426}) {
    const Taken taken = refused(status);
    EXPECT_TRUE(taken.gave_up) << status;
    EXPECT_NE(taken.message.find(std::to_string(status)), std::string::npos) << taken.message;
  }
}

TEST_F(Refusals, of_credentials_end_it_unless_a_function_may_give_better_ones) {
  for (const int status : {401, 403}) {
    EXPECT_TRUE(refused(status).gave_up);
    EXPECT_TRUE(refused(status, {}, {.auth_token = "fixed"}).gave_up);
    const AuthToken token = [](const ConnectAttempt&) -> Result<std::string> { return "fresh"; };
    EXPECT_EQ(refused(status, {}, {.auth_token = token}).delay, 1s);
  }
}

TEST_F(Refusals, of_a_busy_server_are_followed_by_attempts_when_it_has_said) {
  for (const int status : {408, 429, 500, 502, 503, 504}) EXPECT_EQ(refused(status).delay, 1s) << status;
  for (const int status : {429, 503}) {
    EXPECT_EQ(refused(status, 7s).delay, 7s);
    EXPECT_EQ(refused(status, 10ms).delay, 1s) << "not more often than we would by ourselves";
  }
}

}  // namespace
}  // namespace suzaku::client

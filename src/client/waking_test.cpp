#include <chrono>
#include <optional>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// A machine that was suspended, or whose network has changed.
class Waking : public ClientTest {
 protected:
  /// The attempt that waits, after those that nobody has answered.
  testing::Attempt waiting_attempt() {
    testing::Attempt attempt = server.next_attempt();
    while (!attempt.is_waiting()) attempt = server.next_attempt();
    return attempt;
  }
};

TEST_F(Waking, probes_a_connection_that_stands) {
  const testing::Connection connection = connect();
  connection.answer_heartbeats(false);
  socket.network_changed();
  socket.network_changed();
  connection.expect_heartbeat().reply_ok();
  connection.expect_nothing();  // one is enough
  EXPECT_TRUE(connection.is_open());
  socket.network_changed();
  connection.expect_heartbeat();
}

TEST_F(Waking, gives_a_connection_up_that_does_not_answer_the_probe) {
  const testing::Connection connection = connect();
  connection.stall();
  socket.network_changed();
  server.advance(10s - 1ms);
  EXPECT_TRUE(connection.is_open());
  server.advance(1ms);
  EXPECT_FALSE(connection.is_open());
  server.advance(1s);
  server.accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(Waking, after_a_day_ends_what_was_due_and_connects_again) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  const Push sent = room.push("ask");
  connection.stall();
  server.advance(24h);
  EXPECT_EQ(server.reply_of(sent).outcome, Outcome::timeout);
  EXPECT_EQ(socket.metrics().heartbeat_timeouts, 1u);
  EXPECT_EQ(socket.metrics().in_flight, 0u);
  waiting_attempt().accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(Waking, after_a_day_says_what_was_missed_and_sends_what_is_not_too_late) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::optional<std::chrono::system_clock::duration> missed;
  room.on_gap([&](const Gap& gap) { missed = gap.until - gap.since; });
  connection.stall();
  const Push patient = room.push("ask", {}, {.timeout = 48h, .resend = Resend::at_least_once});
  server.advance(24h);
  const testing::Connection next = waiting_attempt().accept();
  next.expect_join("room:1").reply_ok();
  next.expect_push("room:1", "ask").reply_ok();
  EXPECT_TRUE(server.reply_of(patient).ok());
  EXPECT_EQ(missed, 24h) << "the server was heard last when it let us in";
}

TEST_F(Waking, repeats_an_attempt_that_has_not_reached_the_server) {
  const Push connect = socket.connect();
  const testing::Attempt old = server.next_attempt();
  server.advance(5s);
  socket.network_changed();
  const testing::Attempt fresh = server.next_attempt();
  EXPECT_FALSE(old.is_waiting());
  server.advance(9s);  // it has its own time
  fresh.accept();
  EXPECT_TRUE(server.reply_of(connect).ok());
  server.refute_attempt();
}

TEST_F(Waking, tries_what_failed_on_the_old_network_again) {
  Socket other{"ws://one/socket", server.options({.failover = {"ws://two/socket"}, .long_poll_fallback = 2500ms})};
  other.connect();
  server.next_attempt().fail({.kind = Disconnect::Kind::not_websocket});
  EXPECT_EQ(server.next_attempt().transport(), TransportKind::long_poll);
  other.network_changed();
  EXPECT_EQ(server.next_attempt().transport(), TransportKind::websocket);
}

}  // namespace
}  // namespace suzaku::client

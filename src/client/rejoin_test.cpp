#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// A channel with join() called, and the errors that it reports.
class Rejoining : public ClientTest {
 protected:
  Rejoining() {
    room.on_error([this](const ChannelError& error) { errors.emplace_back(to_string(error.kind)); });
  }
  void expect_no_join_before(const testing::Connection& connection, std::chrono::milliseconds delay) {
    server.advance(delay - 1ms);
    connection.refute_join("room:1");
    server.advance(1ms);
  }

  Channel room = socket.channel("room:1");
  std::vector<std::string> errors;
};

TEST_F(Rejoining, follows_a_join_that_was_not_answered_ever_more_slowly) {
  const testing::Connection connection = connect();
  std::vector<std::string> heard;
  Push join = room.join();
  for (const char* status : {"ok", "error", "timeout"}) {
    join.receive(status, [&, status](const Payload&) { heard.emplace_back(status); });
  }
  testing::Join attempt = connection.expect_join("room:1");
  std::size_t timeouts = 0;
  for (const auto delay : {1s, 2s, 5s, 10s, 10s}) {
    server.advance(10s);
    EXPECT_EQ(room.state(), Channel::State::errored);
    EXPECT_EQ(errors, std::vector<std::string>(++timeouts, "timeout"));
    EXPECT_EQ(connection.expect_leave("room:1").join_ref(), attempt.ref()) << "the server may have joined us meanwhile";
    expect_no_join_before(connection, delay);
    const testing::Join next = connection.expect_join("room:1");
    EXPECT_GT(next.ref(), attempt.ref());
    attempt = next;
  }
  EXPECT_EQ(heard, std::vector<std::string>{"timeout"});
  attempt.reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(Rejoining, follows_a_join_that_timed_out_before_and_after_the_connection_stood) {
  const Push join = room.join();
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  server.advance(9s);
  const testing::Connection connection = attempt.accept();
  const testing::Join first = connection.expect_join("room:1");
  server.advance(1s);
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::timeout);
  server.advance(9s);  // the attempt has its own ten seconds
  connection.expect_leave("room:1");
  expect_no_join_before(connection, 1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
  first.reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Rejoining, is_not_needed_when_only_the_connection_was_late) {
  const Push join = room.join(5s);
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  server.advance(6s);
  const Reply reply = server.reply_of(join);
  EXPECT_EQ(reply.outcome, Outcome::timeout);
  EXPECT_FALSE(reply.was_sent);
  const testing::Connection connection = attempt.accept();
  connection.expect_join("room:1").reply_ok();
  connection.expect_nothing();  // no join of the time before, and no leave for it
  EXPECT_EQ(room.state(), Channel::State::joined);
  EXPECT_TRUE(errors.empty());
}

TEST_F(Rejoining, follows_a_join_that_was_refused) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_error({{"reason", "not now"}});
  EXPECT_EQ(errors, std::vector<std::string>{"refused"});
  expect_no_join_before(connection, 1s);
  connection.expect_join("room:1").reply_error();
  expect_no_join_before(connection, 2s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Rejoining, begins_with_the_shortest_delay_again_after_a_success) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_error();
  server.advance(1s);
  connection.expect_join("room:1").reply_error();
  server.advance(2s);
  connection.expect_join("room:1").reply_ok();
  server.advance(1h);
  connection.expect_nothing();
  connection.crash("room:1");
  expect_no_join_before(connection, 1s);
  connection.expect_join("room:1");
}

TEST_F(Rejoining, follows_a_crash_of_the_channel) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_ok();
  connection.crash("room:1");
  EXPECT_EQ(room.state(), Channel::State::errored);
  EXPECT_EQ(errors, std::vector<std::string>{"crashed"});
  expect_no_join_before(connection, 1s);
  EXPECT_EQ(room.state(), Channel::State::joining);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Rejoining, follows_a_crash_while_joining) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").crash();
  EXPECT_EQ(errors, std::vector<std::string>{"crashed"});
  expect_no_join_before(connection, 1s);
  connection.expect_join("room:1").reply_ok();
  server.advance(1h);
  EXPECT_EQ(errors.size(), 1u) << "the first join does not time out, too";
}

TEST_F(Rejoining, reports_one_error_and_not_those_that_follow_from_it) {
  const testing::Connection connection = connect();
  room.join();
  const testing::Join join = connection.expect_join("room:1");
  join.reply_ok();
  join.crash();
  join.crash();
  connection.send_text(R"([null,null,"room:1","phx_error",{}])");
  connection.lose();
  EXPECT_EQ(errors, std::vector<std::string>{"crashed"});
  EXPECT_EQ(room.state(), Channel::State::errored);
}

TEST_F(Rejoining, happens_with_the_next_connection_at_once) {
  testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_error();
  connection.lose();
  server.advance(1s);
  connection = server.accept();
  connection.expect_join("room:1").reply_ok();
  server.advance(1min);
  connection.expect_nothing();
}

TEST_F(Rejoining, is_not_done_while_leaving_or_after) {
  const testing::Connection connection = connect();
  room.join();
  testing::Join join = connection.expect_join("room:1");
  join.reply_ok();
  room.leave();
  connection.expect_leave("room:1");
  join.crash();  // instead of an answer
  EXPECT_EQ(room.state(), Channel::State::closed);
  join.crash();
  server.advance(1min);
  connection.expect_nothing();
  EXPECT_TRUE(errors.empty());
}

TEST_F(Rejoining, is_not_done_when_it_is_left_during_the_delay) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_error();
  const Push leave = room.leave();
  EXPECT_TRUE(server.reply_of(leave).ok());
  EXPECT_EQ(room.state(), Channel::State::closed);
  server.advance(1min);
  connection.expect_nothing();
}

TEST_F(Rejoining, is_not_done_when_the_server_has_closed_the_channel) {
  const testing::Connection connection = connect();
  room.join();
  testing::Join join = connection.expect_join("room:1");
  join.reply_ok();
  join.close();
  join.crash();
  server.advance(1min);
  connection.expect_nothing();
  EXPECT_EQ(room.state(), Channel::State::closed);
  EXPECT_TRUE(errors.empty());
}

TEST_F(Rejoining, leaves_nothing_behind) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_ok();
  connection.crash("room:1");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(socket.metrics().in_flight, 0u);
}

TEST_F(Rejoining, can_be_paced_and_ended_by_the_user) {
  Socket other{"ws://test/socket", server.options({.rejoin = {.backoff = CustomBackoff([](const Retry& retry) {
                                                                return retry.attempt < 3
                                                                           ? std::optional(retry.attempt * 100ms)
                                                                           : std::nullopt;
                                                              })}})};
  other.connect();
  const testing::Connection connection = server.accept();
  std::vector<bool> will_rejoin;
  Channel hall = other.channel("room:1");
  hall.on_error([&](const ChannelError& error) { will_rejoin.push_back(error.will_rejoin); });
  hall.join();
  connection.expect_join("room:1").reply_error();
  expect_no_join_before(connection, 100ms);
  connection.expect_join("room:1").reply_error();
  expect_no_join_before(connection, 200ms);
  connection.expect_join("room:1").reply_error();
  server.advance(1h);
  connection.expect_nothing();
  EXPECT_EQ(will_rejoin, (std::vector<bool>{true, true, false}));
  hall.join();
  connection.expect_join("room:1");
}

TEST_F(Rejoining, follows_crashes_ever_more_slowly_until_a_join_has_lasted) {
  const testing::Connection connection = connect();
  room.join();
  connection.expect_join("room:1").reply_ok();
  for (const auto delay : {1s, 2s, 5s, 10s, 10s}) {
    server.advance(10s - 1ms);
    connection.crash("room:1");
    expect_no_join_before(connection, delay);
    connection.expect_join("room:1").reply_ok();
  }
  server.advance(10s);
  connection.crash("room:1");
  expect_no_join_before(connection, 1s);
  connection.expect_join("room:1");
}

}  // namespace
}  // namespace suzaku::client

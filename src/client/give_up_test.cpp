// The limit of joins that fail in a row.
#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// A channel whose joins may fail three times in a row.
class GivingUp : public ::testing::Test {
 protected:
  GivingUp() {
    room.on_error([this](const ChannelError& error) {
      will_rejoin.push_back(error.will_rejoin);
      why = error.message;
    });
  }
  testing::Connection connect() {
    socket.connect();
    return server.accept();
  }

  testing::Server server;
  Socket socket{"ws://test/socket", server.options({.reconnect = {.backoff = after({1s})},
                                                    .rejoin = {.backoff = after({1s}), .max_attempts = 3}})};
  Channel room = socket.channel("room:1");
  std::vector<bool> will_rejoin;
  std::string why;
};

TEST_F(GivingUp, comes_after_three_joins_that_failed) {
  testing::Connection connection = connect();
  room.join();
  const Push push = room.push("shout", {}, {.timeout = 1h});
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(push.try_get());
    connection.expect_join("room:1").reply_error();
    server.advance(1s);
  }
  EXPECT_EQ(will_rejoin, (std::vector<bool>{true, true, false}));
  EXPECT_NE(why.find("3 joins in a row failed"), why.npos) << why;
  EXPECT_EQ(server.reply_of(push).outcome, Outcome::error);
  EXPECT_EQ(server.reply_of(room.push("shout")).outcome, Outcome::error);
  connection.lose();
  server.advance(1s);
  connection = server.accept();
  server.advance(1h);
  connection.expect_nothing();
}

TEST_F(GivingUp, comes_after_joins_that_crashed_at_once) {
  const testing::Connection connection = connect();
  room.join();
  for (int i = 0; i < 3; ++i) {
    connection.expect_join("room:1").reply_ok();
    connection.crash("room:1");
    server.advance(1s);
  }
  EXPECT_EQ(will_rejoin, (std::vector<bool>{true, true, false}));
  connection.expect_nothing();
}

TEST_F(GivingUp, ends_a_join_that_was_not_answered) {
  const testing::Connection connection = connect();
  const Push join = room.join(1h);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(join.try_get());
    connection.expect_join("room:1").crash();
    server.advance(1s);
  }
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::error);
}

TEST_F(GivingUp, is_undone_by_another_join) {
  const testing::Connection connection = connect();
  for (std::size_t times : {1u, 2u}) {
    room.join();
    for (int i = 0; i < 3; ++i) {
      connection.expect_join("room:1").reply_error();
      server.advance(1s);
    }
    EXPECT_EQ(will_rejoin.size(), 3 * times);
    EXPECT_FALSE(will_rejoin.back());
  }
}

TEST_F(GivingUp, counts_from_zero_after_a_join_that_lasted_and_on_each_connection) {
  testing::Connection connection = connect();
  room.join();
  for (int i = 0; i < 5; ++i) {
    connection.expect_join("room:1").reply_error();
    server.advance(1s);
    connection.expect_join("room:1").reply_ok();
    server.advance(10s);
    connection.crash("room:1");
    server.advance(1s);
  }
  for (int i = 0; i < 5; ++i) {
    connection.expect_join("room:1").reply_error();
    connection.lose();
    server.advance(1s);
    connection = server.accept();
  }
  EXPECT_EQ(will_rejoin, std::vector<bool>(15, true));
}

}  // namespace
}  // namespace suzaku::client

#include <string>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Joining : public ClientTest {};

TEST_F(Joining, is_what_a_new_channel_has_not_done) {
  Channel room = socket.channel("room:1", JoinParams{{"one", "two"}});
  EXPECT_EQ(room.topic(), "room:1");
  EXPECT_EQ(room.state(), Channel::State::closed);
  EXPECT_EQ(room.buffered(), 0u);
  connect().expect_nothing();
  EXPECT_EQ(socket.metrics().channels, 0u);
}

TEST_F(Joining, sends_the_params_with_a_ref_that_is_the_join_ref_too) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1", JoinParams{{"one", "two"}});
  room.join();
  const testing::Join join = connection.expect_join("room:1");
  const std::string ref = std::to_string(join.ref());
  EXPECT_EQ(join.raw(), "[\"" + ref + "\",\"" + ref + R"(","room:1","phx_join",{"one":"two"}])");
  EXPECT_EQ(room.state(), Channel::State::joining);
  EXPECT_EQ(socket.metrics().channels, 1u);
}

TEST_F(Joining, asks_a_function_for_its_params_each_time) {
  std::vector<std::string> asked;
  Channel room =
      socket.channel("room:1", JoinParams([&](const JoinAttempt& attempt) -> Result<Payload> {
                       asked.push_back(std::to_string(attempt.attempt) + (attempt.is_rejoin ? " again" : ""));
                       return Payload{{"n", asked.size()}};
                     }));
  EXPECT_TRUE(asked.empty()) << "not before it joins";
  room.join();
  const testing::Connection connection = connect();
  connection.expect_join("room:1", {{"n", 1}}).reply_error();
  server.advance(1s);
  connection.expect_join("room:1", {{"n", 2}}).reply_ok();
  server.advance(10s);
  connection.crash("room:1");
  server.advance(1s);
  connection.expect_join("room:1", {{"n", 3}}).reply_ok();
  connection.crash("room:1");
  server.advance(2s);
  connection.expect_join("room:1", {{"n", 4}});
  EXPECT_EQ(asked, (std::vector<std::string>{"1", "2", "1 again", "2 again"}));
}

TEST_F(Joining, takes_the_params_that_were_given_last) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1", JoinParams{{"token", "old"}});
  room.join();
  connection.expect_join("room:1", {{"token", "old"}}).reply_ok();
  socket.channel("room:1", JoinParams{{"token", "new"}});
  socket.channel("room:1");  // says nothing of params
  connection.crash("room:1");
  server.advance(1s);
  connection.expect_join("room:1", {{"token", "new"}});
}

TEST_F(Joining, waits_for_the_connection) {
  Channel room = socket.channel("room:1");
  room.join();
  socket.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(room.state(), Channel::State::joining);
  const testing::Connection connection = attempt.accept();
  connection.expect_join("room:1");
  connection.expect_nothing();
}

TEST_F(Joining, ends_with_the_answer_of_the_server) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  std::vector<std::string> heard;
  Push join = room.join();
  for (const char* status : {"ok", "error", "timeout", "disconnected"}) {
    join.receive(status, [&, status](const Payload& response) {
      heard.push_back(status + (' ' + std::string(response.raw())));
    });
  }
  connection.expect_join("room:1").reply_ok({{"a", 1}});
  EXPECT_EQ(heard, std::vector<std::string>{R"(ok {"a":1})"});
  EXPECT_EQ(room.state(), Channel::State::joined);
  const Reply reply = server.reply_of(join);
  EXPECT_EQ(reply.status, "ok");
  EXPECT_EQ(reply.response.raw(), R"({"a":1})");

  join.receive("ok", [&](const Payload&) { heard.emplace_back("late"); });
  join.receive("error", [&](const Payload&) { heard.emplace_back("wrong"); });
  server.run();
  EXPECT_EQ(heard.size(), 2u) << "a callback that is added after the end is called, too";
  EXPECT_EQ(heard.back(), "late");
}

TEST_F(Joining, waits_for_no_more_once_it_is_answered) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  int timeouts = 0;
  room.join().receive("timeout", [&](const Payload&) { ++timeouts; });
  const testing::Join join = connection.expect_join("room:1");
  join.reply_ok();
  server.advance(1h);
  EXPECT_EQ(timeouts, 0);
  EXPECT_EQ(room.state(), Channel::State::joined);
  connection.expect_nothing();
  EXPECT_EQ(socket.metrics().in_flight, 0u);

  const auto strays = socket.metrics().stray_replies;
  join.reply_error();
  EXPECT_EQ(socket.metrics().stray_replies, strays + 1) << "nobody waits for a second answer";
  EXPECT_EQ(room.state(), Channel::State::joined);
}

TEST_F(Joining, succeeds_with_an_answer_in_the_last_moment) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push push = room.join();
  const testing::Join join = connection.expect_join("room:1");
  server.advance(10s - 1ms);
  join.reply_ok();
  EXPECT_TRUE(server.reply_of(push).ok());
  server.advance(1min);
  connection.expect_nothing();
}

TEST_F(Joining, has_a_timeout_of_its_own) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join(3s);
  connection.expect_join("room:1");
  server.advance(3s - 1ms);
  EXPECT_FALSE(join.try_get());
  server.advance(1ms);
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::timeout);
  server.advance(1s);
  connection.expect_join("room:1");
  connection.expect_leave("room:1");
  server.advance(3s);
  connection.expect_leave("room:1");  // it is that of later attempts, too
}

TEST_F(Joining, happens_once_however_often_it_is_asked_for) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push first = room.join();
  const Push second = room.join();
  connection.expect_join("room:1").reply_ok({{"a", 1}});
  const Push third = room.join();
  for (const Push& join : {first, second, third}) EXPECT_EQ(server.reply_of(join).response.raw(), R"({"a":1})");
  connection.expect_nothing();
}

TEST_F(Joining, knows_one_channel_of_a_topic) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Channel same = socket.channel("room:1");
  EXPECT_EQ(same.state(), Channel::State::joined);
  int heard = 0;
  same.on("news", [&](const Message&) { ++heard; });
  connection.push("room:1", "news");
  EXPECT_EQ(heard, 1);
  same.leave();
  connection.expect_leave("room:1");
  EXPECT_EQ(room.state(), Channel::State::leaving);
}

TEST_F(Joining, tells_whether_it_was_joined_before) {
  const testing::Connection connection = connect();
  std::vector<bool> rejoins;
  Channel room = socket.channel("room:1");
  room.on_join([&](const Joined& joined) { rejoins.push_back(joined.is_rejoin); });
  room.join();
  connection.expect_join("room:1").reply_ok();
  connection.crash("room:1");
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(rejoins, (std::vector<bool>{false, true}));
}

TEST_F(Joining, fails_when_the_server_says_error) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  std::vector<std::string> heard;
  Push join = room.join();
  for (const char* status : {"ok", "error", "timeout"}) {
    join.receive(status, [&, status](const Payload& response) {
      heard.push_back(status + (' ' + std::string(response.raw())));
    });
  }
  connection.expect_join("room:1").reply_error({{"reason", "no"}});
  EXPECT_EQ(heard, std::vector<std::string>{R"(error {"reason":"no"})"});
  EXPECT_EQ(room.state(), Channel::State::errored);
  const Reply reply = server.reply_of(join);
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_EQ(reply.response.raw(), R"({"reason":"no"})");
  join.receive("error", [&](const Payload&) { heard.emplace_back("late"); });
  server.run();
  EXPECT_EQ(heard.back(), "late");
  server.advance(1min);
  EXPECT_EQ(heard.size(), 2u) << "it does not time out, too";
}

TEST_F(Joining, ends_with_whatever_word_the_server_says) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  connection.expect_join("room:1").reply("weird");
  EXPECT_EQ(server.reply_of(join).status, "weird");
  EXPECT_EQ(room.state(), Channel::State::errored);
}

}  // namespace
}  // namespace suzaku::client

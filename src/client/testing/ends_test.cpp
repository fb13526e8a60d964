#include <memory>
#include <string>
#include <thread>

#include "client/testing/kit_test.hpp"

namespace suzaku::client {
namespace {

using TestEnds = KitTest;

TEST_F(TestEnds, two_sockets_share_a_server) {
  Socket other{"ws://other/socket", server.options()};
  socket.connect();
  other.connect();
  const testing::Attempt first = server.next_attempt();
  const testing::Attempt second = server.next_attempt();
  EXPECT_TRUE(first.url().starts_with("ws://test/"));
  EXPECT_TRUE(second.url().starts_with("ws://other/"));
  second.accept();
  EXPECT_FALSE(socket.is_connected());
  EXPECT_TRUE(other.is_connected());
  first.accept();
  EXPECT_TRUE(socket.is_connected());
}

TEST_F(TestEnds, a_destroyed_socket_closes_its_connection) {
  auto brief = std::make_unique<Socket>("ws://test/socket", server.options());
  brief->connect();
  const testing::Connection connection = server.accept();
  brief.reset();
  EXPECT_EQ(connection.expect_close().code, 1000);
}

TEST_F(TestEnds, a_server_may_go_before_its_socket) {
  auto server = std::make_unique<testing::Server>();
  Socket socket{"ws://test/socket", server->options()};
  socket.connect();
  const testing::Connection connection = server->accept();
  Channel room = socket.channel("room:1");
  const Push join = room.join();
  connection.expect_join("room:1").reply_ok();
  const Push waiting = room.push("shout");
  server->run();
  const Push on_its_way = room.push("shout");
  server.reset();
  EXPECT_EQ(on_its_way.try_get().value().outcome, Outcome::closed);
  EXPECT_EQ(room.push("shout").try_get().value().outcome, Outcome::closed);
  EXPECT_FALSE(waiting.try_get());
  EXPECT_THROW(connection.push("room:1", "news"), std::logic_error);
}

TEST_F(TestEnds, a_socket_that_never_ran_may_go_before_its_server) {
  testing::Server server;
  Push join = [&] {
    Socket socket{"ws://test/socket", server.options()};
    socket.connect();
    return socket.channel("room:1").join();
  }();
  EXPECT_EQ(server.reply_of(join).outcome, Outcome::closed);
  server.refute_attempt();
}

TEST_F(TestEnds, a_socket_may_be_destroyed_in_its_own_callback) {
  testing::Server server;
  auto socket = std::make_unique<Socket>("ws://test/socket", server.options());
  socket->on_open([&](const Socket::Opened&) { socket.reset(); });
  socket->connect();
  EXPECT_EQ(server.accept().expect_close().code, 1000);
}

TEST_F(TestEnds, waiting_on_the_servers_thread_is_an_error_not_a_hang) {
  const Push join = socket.channel("room:1").join();
  EXPECT_THROW(join.get(), std::logic_error);
  EXPECT_THROW(join.get_for(1h), std::logic_error);
}

TEST_F(TestEnds, what_is_due_may_be_looked_at_without_waiting) {
  connect();
  EXPECT_EQ(socket.dump_state().at("connection").at("status").as_string(), "connected");
}

TEST_F(TestEnds, the_server_belongs_to_its_thread) {
  const testing::Connection connection = connect();
  std::thread([&] {
    EXPECT_THROW(server.run(), std::logic_error);
    EXPECT_THROW(connection.expect_nothing(), std::logic_error);
  }).join();
}

TEST_F(TestEnds, a_program_that_blocks_on_its_own_thread_is_waited_for) {
  testing::Server server({.patience = 10s});
  Socket socket{"ws://test/socket", server.options()};
  std::string answer;
  std::thread program([&] {
    socket.connect().get();
    Channel room = socket.channel("room:1");
    room.join().get();
    answer = room.push("ask").get().response.raw();
  });
  const testing::Connection connection = server.accept();
  connection.expect_join("room:1").reply_ok();
  connection.expect_push("room:1", "ask").reply_ok({{"n", 42}});
  program.join();
  EXPECT_EQ(answer, R"({"n":42})");
}

TEST_F(TestEnds, patience_ends) {
  testing::Server server({.patience = 1ms});
  EXPECT_THROW(server.accept(), testing::Failure);
}

TEST_F(TestEnds, expecting_within_a_callback_sees_what_has_come_so_far) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::string failure;
  room.on("news", [&](const Message&) {
    room.push("thanks");
    failure = failure_of([&] { connection.expect_push("room:1", "thanks"); });
  });
  connection.push("room:1", "news");
  EXPECT_NE(failure, "");
  connection.expect_push("room:1", "thanks");
}

}  // namespace
}  // namespace suzaku::client

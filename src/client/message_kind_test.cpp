#include <functional>
#include <utility>
#include <vector>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// The kinds of a push, a broadcast and a reply, as callbacks of the channel and the socket get them.
struct Kinds {
  std::vector<MessageKind> channel;
  std::vector<MessageKind> socket;
};

Kinds kinds_of_each(testing::Server& server, Socket& socket) {
  socket.connect();
  const testing::Connection connection = server.accept();
  Channel room = socket.channel("room:1");
  room.join();
  connection.expect_join("room:1").reply_ok();

  Kinds kinds;
  room.on("event", [&](const Message& message) { kinds.channel.push_back(message.kind); });
  socket.on_message([&](const Message& message) { kinds.socket.push_back(message.kind); });
  connection.push("room:1", "event");
  connection.broadcast("room:1", "event");
  room.push("shout");
  connection.expect_push("room:1", "shout").reply_ok();
  return kinds;
}

TEST(MessageKind, tells_a_push_from_a_broadcast_and_a_reply) {
  testing::Server server;
  Socket socket{"ws://test/socket", server.options()};
  const Kinds kinds = kinds_of_each(server, socket);
  EXPECT_EQ(kinds.channel, (std::vector{MessageKind::push, MessageKind::broadcast}));
  EXPECT_EQ(kinds.socket, (std::vector{MessageKind::push, MessageKind::broadcast, MessageKind::reply}));
}

TEST(MessageKind, survives_the_way_to_another_thread) {
  testing::Server server;
  std::vector<std::function<void()>> waiting;
  const auto keep = [&](std::function<void()> work) { waiting.push_back(std::move(work)); };
  Socket socket{"ws://test/socket", server.options({.dispatcher = keep})};
  socket.connect();
  const testing::Connection connection = server.accept();
  Channel room = socket.channel("room:1");
  std::vector<MessageKind> kinds;
  room.on("event", [&](const Message& message) { kinds.push_back(message.kind); });
  room.join();
  connection.expect_join("room:1").reply_ok();
  connection.push("room:1", "event");
  connection.broadcast("room:1", "event");
  for (const auto& work : waiting) work();
  EXPECT_EQ(kinds, (std::vector{MessageKind::push, MessageKind::broadcast}));
}

TEST(MessageKind, of_serializer_v1_is_broadcast_for_both) {
  testing::Server server;
  Socket socket{"ws://test/socket", server.options({.vsn = 1})};
  const Kinds kinds = kinds_of_each(server, socket);
  EXPECT_EQ(kinds.channel, (std::vector{MessageKind::broadcast, MessageKind::broadcast}));
  EXPECT_EQ(kinds.socket.back(), MessageKind::reply);
}

}  // namespace
}  // namespace suzaku::client

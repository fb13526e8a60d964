// An open WebSocket and a server that the test scripts: messages, pings, slow readers.

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "client.hpp"
#include "served_websocket.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using client::Disconnect;
using client::SocketOptions;

constexpr std::string_view kDeflate =
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n";

TEST(WebSocket, carries_messages_of_all_sizes_both_ways) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    for (Received got = websocket.next(); got.kind != Received::Kind::eof; got = websocket.next())
      websocket.frame(got.kind == Received::Kind::text ? ws::Opcode::text : ws::Opcode::binary, got.payload);
  });
  Client client(SocketOptions{.max_unsent = 10'000'000});
  client.open(url_of(server));
  client.await_open();
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 3'000'000U}) {
    const std::string message(size, 'x');
    client.run([&](client::Transport& transport) {
      transport.send(protocol::FrameType::text, message);
      transport.send(protocol::FrameType::binary, message);
    });
    for (const auto kind : {Heard::Kind::text, Heard::Kind::binary}) EXPECT_EQ(client.next(kind).message, message);
  }
}

TEST(WebSocket, tells_of_a_part_of_a_message_before_the_rest_has_come) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    const SharedBytes frame = ws::make_frame(ws::Opcode::text, "hello");
    websocket.raw(frame.view().substr(0, 4));
    websocket.next();
    websocket.raw(frame.view().substr(4));
    websocket.next();
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  client.await_bytes();
  EXPECT_FALSE(client.has_heard_more());
  client.text("go on");
  EXPECT_EQ(client.next_text(), "hello");
}

TEST(WebSocket, masks_every_frame_with_a_new_key) {
  std::promise<std::string> first;
  ScriptedServer server([&](ServedConnection& connection) {
    connection.write(granted(read_request(connection)));
    std::string bytes;
    while (bytes.size() < 26) bytes += connection.read_some();
    first.set_value(bytes);
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  client.run([](client::Transport& transport) {
    transport.send(protocol::FrameType::text, "hello!!");
    transport.send(protocol::FrameType::text, "hello!!");
  });
  const std::string bytes = first.get_future().get();
  ASSERT_EQ(bytes.size(), 26U);
  EXPECT_EQ(bytes.substr(0, 2), "\x81\x87");
  EXPECT_NE(bytes.substr(2, 4), bytes.substr(15, 4)) << "the same mask twice";
  EXPECT_NE(bytes.substr(6, 7), bytes.substr(19, 7));
}

TEST(WebSocket, what_is_sent_in_one_turn_leaves_in_one_write) {
  std::promise<std::string> first;
  ScriptedServer server([&](ServedConnection& connection) {
    connection.write(granted(read_request(connection)));
    first.set_value(connection.read_some());
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  client.run([](client::Transport& transport) {
    for (int i = 0; i < 50; ++i) transport.send(protocol::FrameType::text, "hello");
  });
  EXPECT_EQ(first.get_future().get().size(), 50U * 11U);
}

TEST(WebSocket, compresses_what_is_worth_it_when_agreed) {
  std::promise<std::vector<std::string>> frames;
  const std::string large(5'000, 'x');
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection, std::string(kDeflate), true);
    std::vector<std::string> all{websocket.next().payload, websocket.next().payload};
    frames.set_value(all);
    ws::Deflater deflater;
    websocket.raw(ws::make_frame(ws::Opcode::text, deflater.deflate(large), true).view());
    connection.read_to_end();
  });
  Client client(SocketOptions{.compress = true});
  client.open(url_of(server));
  client.await_open();
  std::size_t small_size = 0;
  std::size_t large_size = 0;
  client.run([&](client::Transport& transport) {
    transport.send(protocol::FrameType::text, "small");
    small_size = transport.buffered();
    transport.send(protocol::FrameType::text, large);
    large_size = transport.buffered() - small_size;
  });
  EXPECT_EQ(small_size, 11U);
  EXPECT_LT(large_size, 100U);
  EXPECT_EQ(frames.get_future().get(), (std::vector<std::string>{"small", large}));
  EXPECT_EQ(client.next_text(), large);
}

TEST(WebSocket, does_not_compress_when_the_server_does_not_agree) {
  std::promise<Received> frame;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    frame.set_value(websocket.next());
  });
  Client client(SocketOptions{.compress = true});
  client.open(url_of(server));
  client.await_open();
  client.text(std::string(5'000, 'x'));
  EXPECT_EQ(frame.get_future().get().payload.size(), 5'000U);
}

TEST(WebSocket, answers_pings_and_ignores_pongs) {
  std::promise<std::vector<std::string>> pongs;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    std::vector<std::string> all;
    for (const char* payload : {"one", "", "three"}) {
      websocket.frame(ws::Opcode::pong, "unasked");
      websocket.frame(ws::Opcode::ping, payload);
      const Received got = websocket.next();
      all.push_back(got.kind == Received::Kind::pong ? got.payload : "no pong");
    }
    pongs.set_value(all);
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  EXPECT_EQ(pongs.get_future().get(), (std::vector<std::string>{"one", "", "three"}));
}

/// A server that pings may have an app behind it that hangs.
TEST(WebSocket, tells_of_parts_of_messages_but_not_of_pings) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.frame(ws::Opcode::ping, "one");
    websocket.next();
    websocket.text("whole");
    websocket.next();
    websocket.raw(ws::make_frame(ws::Opcode::text, "in two").view().substr(0, 5));
    websocket.next();
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  EXPECT_EQ(client.next_text(), "whole");
  EXPECT_FALSE(client.has_heard_bytes());
  client.text("go on");
  client.await_bytes();
}

/// Of those that come together the first and the last are answered.
TEST(WebSocket, owes_few_pongs_however_many_pings_come) {
  constexpr int kPings = 100'000;
  std::promise<std::pair<int, std::string>> pongs;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    std::string flood;
    for (int i = 1; i <= kPings; ++i) flood += ws::make_frame(ws::Opcode::ping, std::to_string(i)).view();
    websocket.raw(flood);
    websocket.text("done");
    int count = 0;
    std::string last;
    while (last != std::to_string(kPings)) {
      const Received got = websocket.next();
      if (got.kind != Received::Kind::pong) break;
      last = got.payload;
      ++count;
    }
    pongs.set_value({count, last});
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  EXPECT_EQ(client.next_text(), "done");
  EXPECT_LT(client.buffered(), 1'000U);
  const auto [count, last] = pongs.get_future().get();
  EXPECT_EQ(last, std::to_string(kPings));
  EXPECT_LT(count, kPings / 10);
}

TEST(WebSocket, tells_when_what_waited_has_left) {
  std::promise<void> go_on;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    go_on.get_future().wait();
    while (websocket.next().payload != "last") {
    }
    websocket.text("got it");
    connection.read_to_end();
  });
  Client client(SocketOptions{.max_unsent = 1'000'000});
  client.open(url_of(server));
  client.await_open();
  const std::string message(100'000, 'x');
  while (client.buffered() <= 20'000'000) client.text(message);  // far over the mark, and not cut for it
  EXPECT_FALSE(client.has_heard_more());
  go_on.set_value();
  client.next(Heard::Kind::drained);
  EXPECT_EQ(client.buffered(), 0U);
  client.text("last");
  EXPECT_EQ(client.next_text(), "got it");
  EXPECT_FALSE(client.has_heard_more()) << "on_drained() is called once";
}

TEST(WebSocket, small_amounts_are_not_worth_telling) {
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.next();
    websocket.text("got it");
    connection.read_to_end();
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  client.text("hello");
  EXPECT_EQ(client.next_text(), "got it");
  EXPECT_FALSE(client.has_heard_more());
}

}  // namespace
}  // namespace suzaku::test

// The end of an open WebSocket: by the client, by the server, with a close frame and without.

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "client.hpp"
#include "served_websocket.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using client::Disconnect;
using client::SocketOptions;
using Kind = Disconnect::Kind;

/// A server for one WebSocket, and a client that has opened it.
class Pair {
 public:
  explicit Pair(std::function<void(ServedWebSocket&)> script, const SocketOptions& options = {})
      : server_([script = std::move(script)](ServedConnection& connection) {
          ServedWebSocket websocket(connection);
          script(websocket);
        }),
        client(options) {
    client.open("ws://127.0.0.1:" + std::to_string(server_.port()) + "/socket/websocket");
    client.await_open();
  }

 private:
  ScriptedServer server_;

 public:
  Client client;
};

/// Until every connection that was to end has ended.
void await_no_lingering_connections(Client& client) {
  const auto size = [&] {
    std::size_t size = 0;
    client.thread().run([&] { size = client.shared().lingering().size(); });
    return size;
  };
  while (size() > 0) std::this_thread::yield();
}

/// What the server sees of the end: the client's close frame, then the end of the connection.
struct SeenEnd {
  Received frame;
  bool then_ended = false;
};

SeenEnd await_ending(ServedWebSocket& websocket) {
  SeenEnd seen{.frame = websocket.next()};
  seen.then_ended = websocket.next().kind == Received::Kind::eof;
  return seen;
}

TEST(Ending, close_sends_what_waits_and_takes_the_servers_answer) {
  std::promise<std::vector<Received>> seen;
  Pair pair([&](ServedWebSocket& websocket) {
    std::vector<Received> all{websocket.next(), websocket.next()};
    websocket.text("not yet");
    websocket.close(all[1].close_code);
    all.push_back(websocket.next());
    seen.set_value(all);
  });
  pair.client.run([](client::Transport& transport) {
    transport.send(protocol::FrameType::text, "last words");
    transport.close(4'001, "bye");
    transport.send(protocol::FrameType::text, "too late");
    transport.close(4'002, "again");
  });
  EXPECT_EQ(pair.client.next_text(), "not yet");
  const Disconnect reason = pair.client.await_closed();
  EXPECT_EQ(reason.kind, Kind::requested);
  EXPECT_EQ(reason.code, 0);
  const auto frames = seen.get_future().get();
  EXPECT_EQ(frames[0].payload, "last words");
  EXPECT_EQ(frames[1].kind, Received::Kind::close);
  EXPECT_EQ(frames[1].close_code, 4'001);
  EXPECT_EQ(frames[1].payload, "bye");
  EXPECT_EQ(frames[2].kind, Received::Kind::eof);
  EXPECT_FALSE(pair.client.has_heard_more());
}

TEST(Ending, close_waits_for_the_answer_for_a_limited_time) {
  Pair pair([](ServedWebSocket& websocket) { websocket.connection().read_to_end(); }, {.close_timeout = 50ms});
  pair.client.close(1'000);
  EXPECT_EQ(pair.client.await_closed().kind, Kind::requested);
}

TEST(Ending, close_waits_for_a_limited_time_for_a_server_that_does_not_read) {
  std::promise<void> go_on;
  Pair pair([&](ServedWebSocket&) { go_on.get_future().wait(); }, {.close_timeout = 50ms});
  pair.client.text(std::string(20'000'000, 'x'));
  pair.client.close(1'000);
  EXPECT_EQ(pair.client.await_closed().kind, Kind::requested);
  go_on.set_value();
}

TEST(Ending, a_connection_that_ends_instead_of_the_answer_was_closed_by_request_all_the_same) {
  Pair pair([](ServedWebSocket& websocket) {
    websocket.next();
    websocket.connection().reset();
  });
  pair.client.close(1'000);
  EXPECT_EQ(pair.client.await_closed().kind, Kind::requested);
}

TEST(Ending, tells_code_and_reason_of_the_server_and_echoes_the_code) {
  for (const auto& [code, reason, words] :
       std::vector<std::tuple<int, std::string, std::string>>{{1'000, "", "(normal closure)"},
                                                              {1'001, "", "(going away)"},
                                                              {1'008, "no", "(policy violation): no"},
                                                              {1'011, "", "(internal error)"},
                                                              {1'012, "restart", "(service restart): restart"},
                                                              {1'013, "", "(try again later)"},
                                                              {4'321, "mine", "4321: mine"}}) {
    std::promise<SeenEnd> seen;
    Pair pair([&](ServedWebSocket& websocket) {
      websocket.close(static_cast<std::uint16_t>(code), reason);
      seen.set_value(await_ending(websocket));
    });
    const Disconnect end = pair.client.await_closed();
    EXPECT_EQ(end.kind, Kind::closed);
    EXPECT_EQ(end.code, code);
    EXPECT_NE(end.message.find(words), end.message.npos) << end.message;
    EXPECT_TRUE(end.message.starts_with("127.0.0.1:")) << end.message;
    const SeenEnd bye = seen.get_future().get();
    EXPECT_EQ(bye.frame.kind, Received::Kind::close);
    EXPECT_EQ(bye.frame.close_code, code);
    EXPECT_TRUE(bye.then_ended);
  }
}

TEST(Ending, a_close_frame_without_code_is_1005_and_echoed_without_one) {
  std::promise<SeenEnd> seen;
  Pair pair([&](ServedWebSocket& websocket) {
    websocket.close(std::nullopt);
    seen.set_value(await_ending(websocket));
  });
  EXPECT_EQ(pair.client.await_closed().code, 1'005);
  EXPECT_EQ(seen.get_future().get().frame.close_code, 1'005);
}

/// Opens another connection within on_closed(), while the TCP connection of the first one must still stand.
TEST(Ending, is_reported_at_once_when_the_server_closes_but_stays_connected) {
  for (const bool in_good_order : {true, false}) {
    std::promise<void> reconnected;
    std::atomic<int> connections{0};
    ScriptedServer server(
        [&](ServedConnection& connection) {
          ServedWebSocket websocket(connection);
          if (++connections == 2) {
            websocket.text("welcome back");
            return void(connection.read_to_end());
          }
          in_good_order ? websocket.close(1'012) : websocket.raw("nonsense");
          reconnected.get_future().wait();
        },
        "127.0.0.1", ScriptedServer::Clients::at_once);
    const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/";
    Client client;
    std::size_t standing = 0;
    client.within = [&](Heard::Kind kind, std::unique_ptr<client::Transport>&) {
      if (kind != Heard::Kind::closed) return;
      standing = client.shared().lingering().size();
      client.open_here(url);
    };
    client.open(url);
    client.await_open();
    EXPECT_EQ(client.await_closed().kind, in_good_order ? Kind::closed : Kind::protocol_error);
    client.await_open();
    EXPECT_EQ(client.next_text(), "welcome back");
    EXPECT_EQ(standing, 1U) << "on_closed() was called only when the connection had ended";
    reconnected.set_value();
    await_no_lingering_connections(client);
  }
}

TEST(Ending, a_server_that_closes_but_stays_connected_is_left_soon) {
  std::promise<void> go_on;
  Pair pair([&](ServedWebSocket& websocket) {
    websocket.close(1'012);
    go_on.get_future().wait();
  });
  EXPECT_EQ(pair.client.await_closed().code, 1'012);
  await_no_lingering_connections(pair.client);
  go_on.set_value();
}

TEST(Ending, what_still_waits_is_dropped_when_the_server_closes) {
  const std::string message(8'000'000, 'x');
  std::promise<void> sent;
  std::promise<void> dropped;
  std::promise<Received> last;
  Pair pair([&](ServedWebSocket& websocket) {
    sent.get_future().wait();
    websocket.close(1'001);
    dropped.get_future().wait();
    Received got = websocket.next();
    if (got.kind == Received::Kind::binary) got = websocket.next();  // it was on its way
    last.set_value(got);
  });
  pair.client.run([&](client::Transport& transport) {
    for (int i = 0; i < 5; ++i) transport.send(protocol::FrameType::binary, message);
  });
  sent.set_value();
  while (pair.client.buffered() > 2 * message.size()) std::this_thread::yield();
  dropped.set_value();
  EXPECT_EQ(pair.client.await_closed().kind, Kind::closed);
  EXPECT_EQ(last.get_future().get().close_code, 1'001);
}

TEST(Ending, close_frames_that_cross_are_answers_to_each_other) {
  std::promise<void> closed;
  std::promise<SeenEnd> seen;
  Pair pair([&](ServedWebSocket& websocket) {
    closed.get_future().wait();
    websocket.close(1'001);
    seen.set_value(await_ending(websocket));
  });
  pair.client.close(1'000);
  closed.set_value();
  EXPECT_EQ(pair.client.await_closed().kind, Kind::requested);
  EXPECT_TRUE(seen.get_future().get().then_ended) << "no second close frame";
}

TEST(Ending, a_connection_that_ends_without_a_close_frame_is_lost) {
  Pair ended([](ServedWebSocket&) {});
  Disconnect reason = ended.client.await_closed();
  EXPECT_EQ(reason.kind, Kind::lost);
  EXPECT_NE(reason.message.find("without a close frame"), reason.message.npos);
  EXPECT_NE(reason.message.find("127.0.0.1:"), reason.message.npos);

  Pair reset([](ServedWebSocket& websocket) { websocket.connection().reset(); });
  reason = reset.client.await_closed();
  EXPECT_EQ(reason.kind, Kind::lost);
  EXPECT_NE(reason.message.find("reset"), reason.message.npos) << reason.message;
}

TEST(Ending, a_server_that_breaks_the_protocol_gets_the_code) {
  const std::string masked(ws::make_masked_frame(ws::Opcode::text, "hi", {1, 2, 3, 4}).view());
  for (const auto& [bytes, code, words] : std::vector<std::tuple<std::string, int, std::string>>{
           {masked, 1'002, "masked"},
           {std::string("\xc1\x00", 2), 1'002, "reserved bit"},
           {std::string("\x83\x00", 2), 1'002, "reserved opcode"},
           {std::string("\x80\x00", 2), 1'002, "continuation"},
           {std::string("\x88\x02\x03\xed", 4), 1'002, "close code"},
           {std::string("\x81\x02\xc3\x28", 4), 1'007, "UTF-8"},
           {std::string("\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00", 10), 1'009, "max_message_size, 1000 bytes"}}) {
    std::promise<SeenEnd> seen;
    Pair pair(
        [&](ServedWebSocket& websocket) {
          websocket.raw(bytes);
          websocket.text("never read");
          seen.set_value(await_ending(websocket));
        },
        {.max_message_size = 1'000});
    const Disconnect reason = pair.client.await_closed();
    EXPECT_EQ(reason.kind, Kind::protocol_error);
    EXPECT_NE(reason.message.find(words), reason.message.npos) << reason.message;
    EXPECT_EQ(seen.get_future().get().frame.close_code, code) << words;
    EXPECT_FALSE(pair.client.has_heard_more());
  }
}

TEST(Ending, compressed_messages_are_measured_inflated) {
  std::promise<SeenEnd> seen;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection,
                              "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n");
    ws::Deflater deflater;
    websocket.raw(ws::make_frame(ws::Opcode::text, deflater.deflate(std::string(100'000, 'x')), true).view());
    seen.set_value(await_ending(websocket));
  });
  Client client(SocketOptions{.compress = true, .max_message_size = 10'000});
  client.open("ws://127.0.0.1:" + std::to_string(server.port()) + "/");
  client.await_open();
  EXPECT_EQ(client.await_closed().kind, Kind::protocol_error);
  EXPECT_EQ(seen.get_future().get().frame.close_code, 1'009);
}

}  // namespace
}  // namespace suzaku::test

// Endpoint::disconnect(): the connections of an id end.

#include <memory>
#include <string>
#include <vector>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using server::TerminateReason;

const std::string kUser = kTarget + "&id=user:1";

/// Its id is what the client says.
class Named : public server::UserSocket {
 public:
  server::ConnectResult connect(const server::ConnectInfo& info) override {
    id_ = info.param("id").value_or("");
    return accept();
  }
  std::string id() const override { return id_; }

 private:
  std::string id_;
};

class DisconnectTest : public ServerTest {
 protected:
  DisconnectTest() {
    socket_factory = [] { return std::make_unique<Named>(); };
  }
};

TEST_F(DisconnectTest, ends_all_connections_of_an_id_on_all_loops) {
  script.terminate = [this](ScriptedChannel&, TerminateReason reason) { notes.add(name_of(reason)); };
  serve();
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(joined("room:a", kUser));
  WebSocketClient other = joined("room:a", "/socket/websocket?vsn=2.0.0&id=user:2");
  WebSocketClient nameless = joined("room:a");
  endpoint().broadcast("user:1", "something_else");
  endpoint().broadcast("room:a", "disconnect");
  EXPECT_FRAME(other, R"([null,null,"room:a","disconnect",{}])");
  EXPECT_FRAME(nameless, R"([null,null,"room:a","disconnect",{}])");
  endpoint().disconnect("user:1");
  endpoint().disconnect("");
  for (WebSocketClient& client : clients) {
    EXPECT_EQ(next_json(client).at(3), "disconnect");
    EXPECT_EQ(client.next_close(), 1001);
    EXPECT_EQ(client.next().kind, Received::Kind::eof);
  }
  expect_nothing_waits(other);
  expect_nothing_waits(nameless);
  notes.expect(std::vector<std::string>(10, "disconnected"));
}

TEST_F(DisconnectTest, is_what_a_broadcast_of_disconnect_does) {
  serve();
  WebSocketClient client = connect(kUser);
  WebSocketClient local = connect("/socket/websocket?vsn=2.0.0&id=user:2");
  endpoint().broadcast("user:1", "disconnect");
  EXPECT_EQ(client.next_close(), 1001);
  expect_nothing_waits(local);
  endpoint().local_broadcast("user:2", "disconnect");
  EXPECT_EQ(local.next_close(), 1001);
}

TEST_F(DisconnectTest, passes_by_connections_that_close_or_have_ended) {
  endpoint_options.loops = 1;
  serve();
  for (int i = 0; i < 10; ++i) joined("room:a", kUser).tcp().reset();
  await([this] { return endpoint().stats().sockets == 0; }, "end of the sockets");
  WebSocketClient closing = connect(kUser);
  closing.text("nonsense");
  EXPECT_EQ(closing.next_close(), 1011);  // TCP stays open until the client closes it too
  WebSocketClient client = connect(kUser);
  endpoint().disconnect("user:1");
  EXPECT_EQ(client.next_close(), 1001);
}

TEST_F(DisconnectTest, reaches_everybody_though_channels_subscribe_to_the_id) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    channel.subscribe("user:1");
    return ScriptedChannel::ok();
  };
  endpoint_options.loops = 1;
  serve();
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(joined("room:a", kUser));
  endpoint().disconnect("user:1");
  for (WebSocketClient& client : clients) EXPECT_EQ(client.next_close(), 1001);
}

}  // namespace
}  // namespace suzaku::test

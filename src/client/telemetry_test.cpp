#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

/// What a program can observe of its client: callbacks, counters, and every frame.
class Telemetry : public ::testing::Test {
 protected:
  Telemetry() {
    socket.on_open([this](const Socket::Opened& opened) { called.push_back("open " + std::string(opened.url)); });
    socket.on_close(
        [this](const Disconnect& reason) { called.push_back("close " + std::string(to_string(reason.kind))); });
  }
  testing::Connection connect() {
    socket.connect();
    return server.accept();
  }
  void see(const WireEvent& event) {
    constexpr const char* kKinds[] = {"connecting", "opened", "sent", "received", "closed"};
    wire.push_back(std::string(kKinds[static_cast<int>(event.kind)]) + (event.is_binary ? " bytes " : " ") +
                   std::string(event.text));
  }

  testing::Server server;
  std::vector<std::string> wire, called;
  Socket socket{"ws://test/socket?api_key=hunter2",
                server.options({.params = {{"user", "ann"}, {"token", "hunter2"}},
                                .auth_token = "hunter2",
                                .on_wire = [this](const WireEvent& event) { see(event); }})};
};
using Lines = std::vector<std::string>;

TEST_F(Telemetry, follows_a_connection_from_its_attempt_to_its_end) {
  connect();
  EXPECT_EQ(wire, (Lines{"connecting ws://test/socket/websocket?api_key=[redacted]&user=ann&token=[redacted]&vsn=2.0.0",
                         "opened ws://test/socket"}));
  EXPECT_EQ(socket.metrics().attempts, 1u);
  EXPECT_EQ(socket.metrics().connects, 1u);
  EXPECT_EQ(socket.metrics().disconnects, 0u);
  socket.disconnect();
  server.run();
  EXPECT_EQ(wire.size(), 3u);
  EXPECT_EQ(wire.back(), "closed ended by this side");
  EXPECT_EQ(socket.metrics().disconnects, 1u);
  EXPECT_EQ(called, (Lines{"open ws://test/socket", "close requested"}));
}

TEST_F(Telemetry, shows_a_join_and_counts_it) {
  const testing::Connection connection = connect();
  wire.clear();
  Channel room = socket.channel("room:1", JoinParams{{"n", 1}, {"token", "hunter2"}});
  room.join();
  const testing::Join join = connection.expect_join("room:1", {{"token", "hunter2"}});
  EXPECT_EQ(socket.metrics().in_flight, 2u) << "join() and its phx_join";
  join.reply_ok({{"password", "hunter2"}});
  const std::string refs = '"' + std::to_string(join.ref()) + "\",\"" + std::to_string(join.ref()) + '"';
  EXPECT_EQ(wire, (Lines{"sent [" + refs + R"(,"room:1","phx_join",{"n":1,"token":"[redacted]"}])",
                         "received [" + refs +
                             R"(,"room:1","phx_reply",{"status":"ok","response":{"password":"[redacted]"}}])"}));
  EXPECT_EQ(socket.metrics().joins, 1u);
  EXPECT_EQ(socket.metrics().channels, 1u);
  EXPECT_EQ(socket.metrics().frames_sent, 1u);
  EXPECT_EQ(socket.metrics().bytes_sent, join.raw().size());
  EXPECT_EQ(socket.metrics().in_flight, 0u);
}

TEST_F(Telemetry, shows_what_comes_in_and_counts_it) {
  const testing::Connection connection = connect();
  wire.clear();
  const std::string text = R"([null,null,"room:1","news",{"n":1}])";
  connection.send_text(text);
  const std::string bytes("\x02\x06\x04room:1news\x01", 14);
  connection.send_binary(bytes);
  EXPECT_EQ(wire, (Lines{"received " + text, "received bytes " + bytes}));
  EXPECT_EQ(socket.metrics().frames_received, 2u);
  EXPECT_EQ(socket.metrics().bytes_received, text.size() + bytes.size());
}

TEST_F(Telemetry, tells_no_secrets) {
  const testing::Connection connection = connect();
  Channel room = socket.channel("room:1", JoinParams{{"token", "hunter2"}});
  room.join();
  connection.expect_join("room:1").reply_ok();
  room.push("log in", {{"Password", "hunter2"}});
  connection.lose();
  server.advance(1s);
  server.next_attempt().refuse(503);
  wire.push_back(boost::json::serialize(socket.dump_state()));
  for (const Lines& lines : {wire, called}) {
    for (const std::string& line : lines) EXPECT_EQ(line.find("hunter2"), line.npos) << line;
  }
}

}  // namespace
}  // namespace suzaku::client

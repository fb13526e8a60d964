// A connection that stands and carries nothing: only heartbeats notice.
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "real.hpp"
#include "support/inbox.hpp"
#include "support/tcp_proxy.hpp"

namespace suzaku::client::real {
namespace {

using test::TcpProxy;

SocketOptions watchful_options() {
  SocketOptions options = quick_options();
  options.heartbeat_interval = 100ms;
  options.heartbeat_timeout = 2s;  // busy machines answer late, too
  options.handshake_timeout = 2s;
  return options;
}

class Silence : public testing::Test {
 protected:
  Silence() {
    socket_.on_open([this](const Socket::Opened& opened) { story_.add(opened.is_reconnect ? "reopened" : "opened"); });
    socket_.on_close([this](const Disconnect& reason) { story_.add(std::string(to_string(reason.kind))); });
    ok(socket_.connect());
    EXPECT_EQ(story_.next(), "opened");
  }

  ServerProcess server_;
  TcpProxy proxy_{server_.port()};
  test::Inbox<std::string> story_;
  Socket socket_{url_of(proxy_.port()), watchful_options()};
};

TEST_F(Silence, is_noticed_and_the_connection_made_again) {
  Channel room = joined(socket_, "room:1");
  ok(room.push("echo"));
  proxy_.hold();
  Push lost = room.push("echo");
  EXPECT_EQ(story_.next(), "heartbeat_timeout");
  EXPECT_EQ(end_of(lost).outcome, Outcome::disconnected);
  EXPECT_TRUE(end_of(lost).was_sent);
  Push waiting = room.push("echo", {{"n", 1}});
  EXPECT_EQ(socket_.status(), Socket::Status::reconnecting);
  proxy_.release();
  EXPECT_EQ(story_.next(), "reopened");
  EXPECT_EQ(ok(waiting).response.json().at("n"), Json(1));
  EXPECT_EQ(socket_.metrics().heartbeat_timeouts, 1U);
  EXPECT_EQ(socket_.metrics().disconnects, 1U);
}

TEST_F(Silence, of_one_direction_is_noticed_too) {
  proxy_.set_faults({.half_open = 1});
  EXPECT_EQ(story_.next(), "heartbeat_timeout");
  proxy_.set_faults({});
  proxy_.cut();  // an attempt that met the faults
  EXPECT_EQ(story_.next(), "reopened");
  ok(socket_.ping());
}

TEST_F(Silence, of_what_we_send_is_noticed_though_events_come_in) {
  Channel room = joined(socket_, "room:1");
  test::Inbox<std::string> events;
  room.on("shout", [&](const Message&) { events.add("shout"); });
  Socket other(server_.url(), quick_options());
  ok(other.connect());
  Channel same_room = joined(other, "room:1");
  proxy_.set_faults({.half_open = 1});
  await([&] { return proxy_.counts().half_opens > 0; });  // by a heartbeat
  proxy_.set_faults({});
  const std::jthread shouter([&](const std::stop_token& end) {
    while (!end.stop_requested()) ok(same_room.push("shout"));
  });
  EXPECT_EQ(events.next(), "shout");
  EXPECT_EQ(story_.next(), "heartbeat_timeout");
}

TEST_F(Silence, while_connecting_ends_the_attempt) {
  proxy_.hold();
  Socket other(url_of(proxy_.port()), [] {
    SocketOptions options = watchful_options();
    options.handshake_timeout = 50ms;
    return options;
  }());
  test::Inbox<Disconnect::Kind> reasons;
  other.on_reconnect([&](const Socket::Reconnecting& reconnecting) { reasons.add(reconnecting.reason.kind); });
  Push connect = other.connect();
  EXPECT_EQ(reasons.next(), Disconnect::Kind::connect_timeout);
  EXPECT_FALSE(connect.try_get());
  proxy_.release();
  ok(connect);
}

TEST_F(Silence, cut_by_a_proxy_is_a_lost_connection) {
  Channel room = joined(socket_, "room:1");
  proxy_.cut();
  EXPECT_EQ(story_.next(), "lost");
  EXPECT_EQ(story_.next(), "reopened");
  ok(room.push("echo"));
}

}  // namespace
}  // namespace suzaku::client::real

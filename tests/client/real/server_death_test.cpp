// The server dies, and comes back on the same port.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

constexpr int kSockets = 3;
constexpr int kChannels = 20;
constexpr int kWaiting = 50;  // pushes of each channel that wait while there is no server

/// A channel and all that happens to it.
struct Room {
  explicit Room(Channel of) : channel(std::move(of)), shouts(channel.events("shout", 10'000)) {
    channel.on_gap([this](const Gap& gap) { gaps.add(gap); });
    channel.on_join([this](const Joined& joined) { joins.add(joined.is_rejoin); });
    channel.on_error([this](const ChannelError& error) { errors.add(error.kind); });
  }

  Channel channel;
  EventStream shouts;
  test::Inbox<Gap> gaps;
  test::Inbox<bool> joins;
  test::Inbox<ChannelError::Kind> errors;
};

class ServerDeath : public testing::Test {
 protected:
  ServerDeath() {
    for (int i = 0; i < kSockets; ++i) {
      sockets_.push_back(std::make_unique<Socket>(server_->url(), quick_options(runtime_)));
      sockets_.back()->on_close([this](const Disconnect& reason) { closes_.add(reason.kind); });
      ok(sockets_.back()->connect());
    }
    for (int i = 0; i < kChannels; ++i) {
      Socket& socket = *sockets_[static_cast<std::size_t>(i % kSockets)];
      rooms_.push_back(std::make_unique<Room>(socket.channel("room:" + std::to_string(i))));
      ok(rooms_.back()->channel.join());
      EXPECT_FALSE(rooms_.back()->joins.next());
    }
  }
  ~ServerDeath() override { sockets_.clear(); }  // whose callbacks use the rooms

  /// Returns when all that was pushed before has been sent.
  void await_sent() {
    for (const auto& socket : sockets_) ok(socket->ping());
  }
  void kill_server() {
    server_->kill();
    for (int i = 0; i < kSockets; ++i) EXPECT_EQ(closes_.next(), Disconnect::Kind::lost);
  }
  void restart_server() { server_ = std::make_unique<ServerProcess>(server_->port()); }

  std::unique_ptr<ServerProcess> server_ = std::make_unique<ServerProcess>();
  Runtime runtime_;
  test::Inbox<Disconnect::Kind> closes_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::vector<std::unique_ptr<Socket>> sockets_;
};

TEST_F(ServerDeath, every_channel_comes_back_and_says_what_may_have_been_missed) {
  kill_server();
  for (const auto& room : rooms_) EXPECT_EQ(room->errors.next(), ChannelError::Kind::disconnected);
  restart_server();
  for (const auto& room : rooms_) {
    EXPECT_TRUE(room->joins.next()) << "not a rejoin";
    const Gap gap = room->gaps.next();
    EXPECT_LE(gap.since, gap.until);
    EXPECT_TRUE(ok(room->channel.push("echo", {{"n", 1}})).was_sent);
    EXPECT_EQ(room->channel.state(), Channel::State::joined);
  }
  for (const auto& socket : sockets_) EXPECT_EQ(socket->metrics().in_flight, 0U);
}

TEST_F(ServerDeath, what_was_in_flight_ends_as_sent_and_lost) {
  std::vector<Push> in_flight;
  for (const auto& room : rooms_) in_flight.push_back(room->channel.push("noreply"));
  await_sent();
  kill_server();
  for (const Push& push : in_flight) {
    const Reply reply = end_of(push);
    EXPECT_EQ(reply.outcome, Outcome::disconnected);
    EXPECT_TRUE(reply.was_sent);
    EXPECT_NE(reply.message, "");
  }
}

TEST_F(ServerDeath, what_waited_arrives_once_and_in_order) {
  kill_server();
  std::vector<Push> pushes;
  for (int i = 0; i < kWaiting; ++i)
    for (const auto& room : rooms_) pushes.push_back(room->channel.push("shout", {{"i", i}}));
  for (const Push& push : pushes) EXPECT_FALSE(push.try_get());
  restart_server();
  for (const Push& push : pushes) ok(push);
  for (const auto& room : rooms_) {
    ok(room->channel.push("shout", {{"i", kWaiting}}));  // the last message: duplicates came before it
    for (int i = 0; i <= kWaiting; ++i) {
      const auto shout = room->shouts.next().get_for(kSoon);
      ASSERT_TRUE(shout) << i;
      EXPECT_EQ(shout->payload.json().at("i"), Json(i));
    }
    EXPECT_EQ(room->channel.buffered(), 0U);
  }
}

TEST_F(ServerDeath, what_may_be_sent_twice_is_sent_again) {
  std::vector<Push> pushes;
  for (const auto& room : rooms_)
    pushes.push_back(room->channel.push("reply_later", {{"n", 1}}, {.resend = Resend::at_least_once}));
  await_sent();
  kill_server();
  restart_server();
  for (const Push& push : pushes) EXPECT_EQ(ok(push).response.json().at("n"), Json(1));
}

TEST_F(ServerDeath, it_may_die_again_and_again) {
  for (int i = 0; i < 3; ++i) {
    kill_server();
    restart_server();
    for (const auto& room : rooms_) EXPECT_TRUE(room->joins.next());
  }
  for (const auto& room : rooms_) ok(room->channel.push("echo"));
}

}  // namespace
}  // namespace suzaku::client::real

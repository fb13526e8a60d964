// The client against a Phoenix server: ours, or the one that SUZAKU_PHOENIX_URL names, for example
// ws://localhost:4000/socket. What its channel must do is listed in README.md.
#include <cstdlib>
#include <memory>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <suzaku/client.hpp>

#include "room_channel.hpp"
#include "support/inbox.hpp"

namespace suzaku::client {
namespace {

using namespace std::chrono_literals;
using test::Inbox;

constexpr auto kSoon = 30s;  // long enough for any machine

/// The server that all tests talk to.
class Phoenix {
 public:
  Phoenix() {
    if (const char* url = std::getenv("SUZAKU_PHOENIX_URL")) {
      url_ = url;
      return;
    }
    endpoint_ = std::make_unique<server::Endpoint>(server::EndpointOptions{.host = "127.0.0.1", .port = 0, .loops = 1});
    conformance::mount(*endpoint_);
    if (const auto done = endpoint_->start(); !done) throw std::runtime_error(done.error().message);
    url_ = "ws://127.0.0.1:" + std::to_string(endpoint_->port()) + "/socket";
  }
  const std::string& url() const { return url_; }
  bool is_ours() const { return endpoint_ != nullptr; }

 private:
  std::unique_ptr<server::Endpoint> endpoint_;
  std::string url_;
};

struct Way {
  int vsn;
  TransportKind transport;
};

/// A test for each serializer and transport.
class PhoenixTest : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (is_long_poll() && phoenix_->is_ours()) GTEST_SKIP() << "our server has no long poll yet";
  }
  static void SetUpTestSuite() { phoenix_ = std::make_unique<Phoenix>(); }
  static void TearDownTestSuite() { phoenix_.reset(); }

  static bool is_long_poll() { return GetParam().transport == TransportKind::long_poll; }
  SocketOptions options() const {
    SocketOptions options;
    options.vsn = GetParam().vsn;
    options.transport = GetParam().transport;
    options.timeout = kSoon;
    options.runtime = runtime_;
    options.reconnect.backoff = ListBackoff{.delays = {10ms}};
    options.reconnect.spread = 10ms;
    options.rejoin.backoff = ListBackoff{.delays = {10ms}};
    return options;
  }
  Socket connected(SocketOptions options) const {
    Socket socket(phoenix_->url(), std::move(options));
    const auto reply = socket.connect().get_for(kSoon);
    EXPECT_TRUE(reply && reply->ok()) << (reply ? reply->message : "no answer");
    return socket;
  }
  Socket connected() const { return connected(options()); }
  static Channel joined(Socket& socket, const std::string& topic, JoinParams params = {}) {
    Channel channel = socket.channel(topic, std::move(params));
    const auto reply = channel.join().get_for(kSoon);
    EXPECT_TRUE(reply && reply->ok()) << (reply ? reply->message : "no answer");
    return channel;
  }
  static Reply reply_to(Push push) {
    const auto reply = push.get_for(kSoon);
    if (!reply) throw std::runtime_error("the push did not end");
    return *reply;
  }
  /// A topic of this test's own, so that tests do not hear each other, even on a server that others use too.
  static std::string own_topic(const std::string& name = "lobby") {
    static const auto kRun = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    return "room:" + name + "-" + testing::UnitTest::GetInstance()->current_test_info()->name() + "-" + kRun;
  }

  static std::unique_ptr<Phoenix> phoenix_;
  Runtime runtime_;
};
std::unique_ptr<Phoenix> PhoenixTest::phoenix_;

INSTANTIATE_TEST_SUITE_P(All, PhoenixTest,
                         testing::Values(Way{1, TransportKind::websocket}, Way{2, TransportKind::websocket},
                                         Way{1, TransportKind::long_poll}, Way{2, TransportKind::long_poll}),
                         [](const auto& way) {
                           return "V" + std::to_string(way.param.vsn) +
                                  (way.param.transport == TransportKind::websocket ? "_WebSocket" : "_LongPoll");
                         });

#define EXPECT_JSON(payload, text) EXPECT_EQ((payload).json(), boost::json::parse(text)) << (payload).raw()

// --- the connection ---

TEST_P(PhoenixTest, connects_pings_and_disconnects) {
  Socket socket = connected();
  EXPECT_EQ(socket.status(), Socket::Status::connected);
  const Reply ping = reply_to(socket.ping());
  EXPECT_TRUE(ping.ok());
  EXPECT_GT(ping.round_trip.count(), 0);
  EXPECT_TRUE(reply_to(socket.disconnect()).ok());
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
}

TEST_P(PhoenixTest, stops_when_the_params_are_refused) {
  SocketOptions refused = options();
  refused.params = {{"token", "bad"}};
  Socket socket(phoenix_->url(), refused);
  const Reply reply = reply_to(socket.connect());
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_NE(reply.message.find("403"), std::string::npos) << reply.message;
  EXPECT_EQ(socket.status(), Socket::Status::disconnected);
}

TEST_P(PhoenixTest, tries_again_with_params_from_a_function) {
  SocketOptions fresh = options();
  fresh.params = [](const ConnectAttempt& attempt) -> Result<Payload> {
    if (attempt.attempt == 1) return Payload{{"token", "bad"}};
    return Payload{{"token", "good"}};
  };
  Socket socket(phoenix_->url(), fresh);
  EXPECT_TRUE(reply_to(socket.connect()).ok());
}

TEST_P(PhoenixTest, comes_back_after_the_server_has_cut_it_off) {
  SocketOptions named = options();
  named.params = {{"user_id", own_topic("user")}};
  Socket socket = connected(named);
  Channel channel = joined(socket, own_topic());
  Inbox<bool> joins;
  channel.on_join([&](const Joined& joined) { joins.add(joined.is_rejoin); });
  Inbox<Gap> gaps;
  channel.on_gap([&](const Gap& gap) { gaps.add(gap); });
  channel.push("disconnect_user", {{"id", own_topic("user")}});
  EXPECT_TRUE(joins.next());
  const Gap gap = gaps.next();
  EXPECT_LE(gap.since, gap.until);
  EXPECT_TRUE(reply_to(channel.push("ok_only")).ok());
  EXPECT_GE(socket.metrics().connects, 2u);
}

// --- joining ---

TEST_P(PhoenixTest, joins_with_params) {
  Socket socket = connected();
  Channel channel = socket.channel(own_topic(), JoinParams{{"deep", Json{{"list", {1, nullptr, "ü"}}}}});
  const Reply reply = reply_to(channel.join());
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_EQ(reply.response.json().at("topic"), Json(own_topic()));
  EXPECT_EQ(reply.response.json().at("params"), boost::json::parse(R"({"deep":{"list":[1,null,"ü"]}})"));
  EXPECT_EQ(channel.state(), Channel::State::joined);
}

TEST_P(PhoenixTest, is_told_why_it_may_not_join) {
  Socket socket = connected();
  const Reply reply = reply_to(socket.channel("room:forbidden").join());
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_JSON(reply.response, R"({"reason":"unauthorized"})");
}

TEST_P(PhoenixTest, is_told_that_the_join_crashed) {
  Socket socket = connected();
  const Reply reply = reply_to(socket.channel("room:crash").join());
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_EQ(reply.refusal, Refusal::join_crashed);
}

TEST_P(PhoenixTest, is_told_that_nobody_serves_the_topic) {
  Socket socket = connected();
  const Reply reply = reply_to(socket.channel("nowhere").join());
  EXPECT_EQ(reply.outcome, Outcome::error);
  EXPECT_EQ(reply.refusal, Refusal::unmatched_topic);
}

TEST_P(PhoenixTest, joins_once_however_often_it_is_asked_to) {
  Socket socket = connected();
  Channel channel = socket.channel(own_topic());
  Push first = channel.join();
  Push second = channel.join();
  EXPECT_TRUE(reply_to(first).ok());
  EXPECT_TRUE(reply_to(second).ok());
  EXPECT_TRUE(reply_to(channel.join()).ok());
  EXPECT_EQ(socket.metrics().joins, 1u);
}

TEST_P(PhoenixTest, leaves_and_rejoins) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  Inbox<Payload> closes;
  channel.on_close([&](const Payload& reason) { closes.add(reason); });
  const Reply left = reply_to(channel.leave());
  EXPECT_TRUE(left.ok());
  EXPECT_TRUE(left.was_sent);
  closes.next();
  EXPECT_EQ(channel.state(), Channel::State::closed);
  EXPECT_EQ(reply_to(channel.push("echo")).outcome, Outcome::closed);
  EXPECT_TRUE(reply_to(channel.join()).ok());
  EXPECT_TRUE(reply_to(channel.push("ok_only")).ok());
}

TEST_P(PhoenixTest, leaves_while_joining_and_joins_again) {
  Socket socket = connected();
  Channel channel = socket.channel(own_topic());
  Push join = channel.join();
  Push leave = channel.leave();
  Push again = channel.join();
  reply_to(join);  // cancelled, unless the server was quicker
  EXPECT_TRUE(reply_to(leave).ok());
  EXPECT_TRUE(reply_to(again).ok());
  EXPECT_TRUE(reply_to(channel.push("ok_only")).ok());
}

TEST_P(PhoenixTest, learns_that_a_connection_holds_only_so_many_channels) {
  Socket socket = connected();
  std::vector<Push> joins;
  for (int i = 0; i < 150; ++i) joins.push_back(socket.channel(own_topic(std::to_string(i))).join());
  int good = 0;
  for (const Push& join : joins) {
    const Reply reply = reply_to(join);
    if (reply.ok()) {
      ++good;
    } else {
      EXPECT_EQ(reply.refusal, Refusal::too_many_channels) << reply.message;
    }
  }
  // Phoenix before 1.7.24, and 1.8.0 to 1.8.8, know no limit.
  EXPECT_TRUE(good == 100 || (good == 150 && !phoenix_->is_ours())) << good;
}

// --- pushes ---

TEST_P(PhoenixTest, gets_every_kind_of_reply) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  const Reply echo = reply_to(channel.push("echo", {{"n", 7}, {"s", "ü\n\"\\"}}));
  EXPECT_TRUE(echo.ok());
  EXPECT_JSON(echo.response, R"({"n":7,"s":"ü\n\"\\"})");
  EXPECT_GT(echo.round_trip.count(), 0);

  const Reply error = reply_to(channel.push("echo_error", {{"n", 8}}));
  EXPECT_EQ(error.outcome, Outcome::error);
  EXPECT_JSON(error.response, R"({"n":8})");

  EXPECT_JSON(reply_to(channel.push("ok_only")).response, "{}");

  const Reply weird = reply_to(channel.push("custom_status", {{"n", 9}}));
  EXPECT_EQ(weird.outcome, Outcome::error);
  EXPECT_EQ(weird.status, "weird");
  EXPECT_JSON(weird.response, R"({"n":9})");

  EXPECT_JSON(reply_to(channel.push("reply_later", {{"n", 10}})).response, R"({"n":10})");
  EXPECT_JSON(reply_to(channel.push("two_replies")).response, R"({"first":1})");
}

TEST_P(PhoenixTest, does_not_wait_for_ever) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  const Reply reply = reply_to(channel.push("noreply", {}, {.timeout = 50ms}));
  EXPECT_EQ(reply.outcome, Outcome::timeout);
  EXPECT_TRUE(reply.was_sent);
  EXPECT_TRUE(reply_to(channel.push("ok_only")).ok());
}

TEST_P(PhoenixTest, pushes_once_it_is_joined) {
  Socket socket(phoenix_->url(), options());
  Channel channel = socket.channel(own_topic());
  Push join = channel.join();
  Push push = channel.push("echo", {{"early", true}});
  EXPECT_FALSE(push.try_get());
  socket.connect();
  EXPECT_JSON(reply_to(push).response, R"({"early":true})");
  EXPECT_TRUE(reply_to(join).ok());
}

TEST_P(PhoenixTest, has_many_pushes_in_flight_and_gets_each_reply_in_turn) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  std::vector<Push> pushes;
  for (int i = 0; i < 2'000; ++i) pushes.push_back(channel.push("echo", {{"i", i}}));
  for (int i = 0; i < 2'000; ++i) {
    const Reply reply = reply_to(pushes[static_cast<std::size_t>(i)]);
    ASSERT_TRUE(reply.ok()) << i << ": " << reply.message;
    EXPECT_EQ(reply.response.json().at("i"), Json(i));
  }
}

TEST_P(PhoenixTest, sends_and_gets_nearly_a_megabyte) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  const std::string text(900'000, 'x');  // Phoenix 1.7 on Cowboy takes no more than 1,000,000 bytes
  const Reply reply = reply_to(channel.push("echo", {{"text", text}}));
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_EQ(std::string_view(reply.response.json().at("text").as_string()), text);
}

TEST_P(PhoenixTest, joins_again_after_the_channel_has_crashed) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  Inbox<ChannelError> errors;
  channel.on_error([&](const ChannelError& error) { errors.add(error); });
  Inbox<bool> joins;
  channel.on_join([&](const Joined& joined) { joins.add(joined.is_rejoin); });
  const Reply reply = reply_to(channel.push("boom"));
  EXPECT_EQ(reply.outcome, Outcome::disconnected);
  EXPECT_TRUE(reply.was_sent);
  const ChannelError error = errors.next();
  EXPECT_EQ(error.kind, ChannelError::Kind::crashed);
  EXPECT_TRUE(error.will_rejoin);
  EXPECT_TRUE(joins.next());
  EXPECT_TRUE(reply_to(channel.push("ok_only")).ok());
}

TEST_P(PhoenixTest, is_closed_when_the_server_stops_the_channel) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  Inbox<Payload> closes;
  channel.on_close([&](const Payload& reason) { closes.add(reason); });
  EXPECT_JSON(reply_to(channel.push("stop_reply", {{"bye", 1}})).response, R"({"bye":1})");
  closes.next();
  EXPECT_EQ(channel.state(), Channel::State::closed);
}

// --- what the server sends ---

TEST_P(PhoenixTest, hears_what_is_said_to_all_in_order) {
  Socket alice = connected();
  Socket bob = connected();
  Channel alices = joined(alice, own_topic());
  Channel bobs = joined(bob, own_topic());
  auto shouts = bobs.events("shout", 10'000);
  for (int i = 0; i < 1'000; ++i) alices.push("shout", {{"i", i}});
  for (int i = 0; i < 1'000; ++i) {
    const auto event = shouts.next().get_for(kSoon);
    ASSERT_TRUE(event) << i;
    ASSERT_EQ(event->payload.json().at("i"), Json(i));
  }
}

TEST_P(PhoenixTest, does_not_hear_what_it_said_to_the_others) {
  Socket alice = connected();
  Socket bob = connected();
  Channel alices = joined(alice, own_topic());
  Channel bobs = joined(bob, own_topic());
  auto alice_hears = alices.events("*");
  auto bob_hears = bobs.events("*");
  alices.push("shout_from", {{"n", 1}});
  alices.push("push_me", {{"n", 2}});
  EXPECT_JSON(bob_hears.next().get_for(kSoon)->payload, R"({"n":1})");
  const auto pushed = alice_hears.next().get_for(kSoon);
  EXPECT_EQ(pushed->name, "pushed");
  EXPECT_JSON(pushed->payload, R"({"n":2})");
}

TEST_P(PhoenixTest, gets_what_the_channel_made_of_a_broadcast) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  auto events = channel.events("intercepted");
  channel.push("intercept_me", {{"n", 1}});
  EXPECT_JSON(events.next().get_for(kSoon)->payload, R"({"n":1,"seen":true})");
}

TEST_P(PhoenixTest, sends_and_gets_bytes) {
  Socket socket = connected();
  Channel channel = joined(socket, own_topic());
  // Phoenix's long poll can say what is UTF-8, and nothing else.
  const std::string bytes =
      is_long_poll() ? std::string("\x00\x01 b\xc3\xbctes", 9) : std::string("\x00\xff\x01 bytes", 9);
  const Reply reply = reply_to(channel.push("bin", Payload::binary(bytes)));
  if (GetParam().vsn == 1) {
    EXPECT_EQ(reply.outcome, Outcome::error);  // V1 cannot say it; nothing was sent
    EXPECT_FALSE(reply.was_sent);
    return;
  }
  ASSERT_TRUE(reply.ok()) << reply.message;
  EXPECT_TRUE(reply.response.is_binary());
  EXPECT_EQ(reply.response.raw(), bytes);

  auto shouts = channel.events("bin_shout");
  channel.push("bin_shout", Payload::binary(bytes));
  const auto shout = shouts.next().get_for(kSoon);
  ASSERT_TRUE(shout);
  EXPECT_TRUE(shout->payload.is_binary());
  EXPECT_EQ(shout->payload.raw(), bytes);
}

// --- presence ---

TEST_P(PhoenixTest, knows_who_is_there) {
  if (phoenix_->is_ours()) GTEST_SKIP() << "our server has no presence yet";
  Socket alice = connected();
  Socket bob = connected();
  Channel alices = alice.channel(own_topic(), JoinParams{{"presence", "alice"}});
  Presence presence(alices);
  Inbox<std::string> changes;
  presence.on_join([&](std::string_view key, const Json* before, const Json&) {
    if (!before) changes.add("+" + std::string(key));
  });
  presence.on_leave([&](std::string_view key, const Json& now, const Json&) {
    changes.add((now.at("metas").as_array().empty() ? "-" : "~") + std::string(key));
  });
  ASSERT_TRUE(reply_to(alices.join()).ok());
  EXPECT_EQ(changes.next(), "+alice");
  Channel bobs = joined(bob, own_topic(), JoinParams{{"presence", "bob"}});
  EXPECT_EQ(changes.next(), "+bob");
  EXPECT_EQ(presence.size(), 2u);

  ASSERT_TRUE(reply_to(bobs.push("presence_update", {{"mood", "merry"}})).ok());
  EXPECT_EQ(changes.next(), "~bob");
  EXPECT_EQ(presence.find("bob")->at("metas").at(0).at("mood"), Json("merry"));

  // A long poll's session ends by itself, up to half a minute after its last poll.
  is_long_poll() ? bobs.leave() : bob.disconnect();
  EXPECT_EQ(changes.next(), "-bob");
  EXPECT_EQ(presence.size(), 1u);
  EXPECT_FALSE(presence.is_stale());
}

}  // namespace
}  // namespace suzaku::client

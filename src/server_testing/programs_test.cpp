// What programs do with an endpoint and its channels from outside.

#include <stdexcept>

#include "server_testing/kit_test.hpp"

namespace suzaku::server_testing {
namespace {

/// Notes its topic's suffix; "remind" sets a timer, "forget" cancels it, "tell" broadcasts through the endpoint.
class ProgramChannel final : public server::Channel {
 public:
  explicit ProgramChannel(server::ChannelHandle& handle) : handle_(handle) {}
  JoinResult join(std::string_view, const Payload&) override {
    handle_ = self();
    return ok({{"suffix", std::string(topic_suffix())}, {"user", socket().user()}});
  }
  HandleResult handle_in(std::string_view event, const Payload&) override {
    if (event == "remind") timer_ = send_after(60s, 1);
    if (event == "forget") timer_.cancel();
    if (event == "tell") endpoint().broadcast("news", "told", {{"by", topic()}});
    return no_reply();
  }
  void handle_info(const std::any&) override { push("reminder"); }

 private:
  server::ChannelHandle& handle_;
  Timer timer_;
};

class NamedSocket final : public server::UserSocket {
 public:
  ConnectResult connect(const ConnectInfo& info) override {
    user_ = info.param("user").value_or("");
    return accept();
  }
  std::string user() const override { return user_; }

 private:
  std::string user_;
};

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    const auto make = [this] { return std::make_unique<ProgramChannel>(handle); };
    server.endpoint().socket<NamedSocket>("/socket").channel("room:*", make).channel("lobby", make);
  }
  server::ChannelHandle handle;
  Server server;
};

TEST_F(ProgramTest, a_channel_knows_the_rest_of_its_topic_and_its_user) {
  const Client client = server.connect({.params = {{"user", "ann"}}});
  client.join("room:4:2").expect_ok({{"suffix", "4:2"}, {"user", "ann"}});
  client.join("lobby").expect_ok({{"suffix", ""}});
}

TEST_F(ProgramTest, a_timer_can_be_cancelled) {
  const Channel room = server.connect().subscribe_and_join("room:1");
  room.push("remind");
  server.advance(30s);
  room.push("forget");
  server.advance(1h);
  room.refute_push("reminder");
  room.push("remind");
  server.advance(60s);
  room.expect_push("reminder");
  room.push("forget");  // it has been sent: nothing happens
}

TEST_F(ProgramTest, a_handle_pushes_to_the_client_and_complains_in_the_log) {
  const Channel room = server.connect().subscribe_and_join("room:1");
  handle.push("news", {{"n", 1}});
  room.expect_push("news", {{"n", 1}});
  testing::internal::CaptureStderr();
  handle.push("number", Payload(Json(7)));
  server.run();
  EXPECT_NE(testing::internal::GetCapturedStderr().find("a push of number on \"room:1\" failed"), std::string::npos);
  room.leave().expect_reply("ok");
  handle.push("late");
  room.refute_push("late");
}

TEST_F(ProgramTest, code_that_is_no_channel_hears_broadcasts) {
  std::vector<std::string> heard;
  auto subscription = server.endpoint().subscribe("news", [&](const server::TopicMessage& message) {
    heard.push_back(message.topic + " " + message.event + " " + std::string(message.payload.raw()));
  });
  server.run();
  const Channel room = server.connect().subscribe_and_join("room:1");
  room.push("tell");
  EXPECT_EQ(heard, std::vector<std::string>{R"(news told {"by":"room:1"})"});
  subscription.cancel();
  room.push("tell");
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(ProgramTest, a_callback_keeps_its_state) {
  std::vector<int> seen;
  const auto subscription =
      server.endpoint().subscribe("news", [&, n = 0](const server::TopicMessage&) mutable { seen.push_back(n++); });
  server.run();
  for (int i = 0; i < 3; ++i) server.endpoint().broadcast("news", "n");
  server.run();
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2}));
}

TEST_F(ProgramTest, a_channel_may_unsubscribe_when_it_ends) {
  struct Tidy final : server::Channel {
    JoinResult join(std::string_view, const Payload&) override {
      subscribe("news");
      return ok();
    }
    void terminate(TerminateReason) override { unsubscribe("news"); }
  };
  Server other;
  other.endpoint().socket("/socket").channel<Tidy>("room:*");
  const Client client = other.connect();
  client.subscribe_and_join("room:1").leave().expect_reply("ok");
  EXPECT_TRUE(client.is_open());
}

TEST_F(ProgramTest, a_callback_may_cancel_its_own_subscription_and_may_throw) {
  int heard = 0;
  server::TopicSubscription subscription;
  subscription = server.endpoint().subscribe("news", [&](const server::TopicMessage&) {
    if (++heard == 2) subscription.cancel();
    throw std::runtime_error("on purpose");
  });
  server.run();
  for (int i = 0; i < 3; ++i) server.endpoint().broadcast("news", "n");
  server.run();
  EXPECT_EQ(heard, 2);
}

TEST_F(ProgramTest, a_subscription_that_is_cancelled_while_a_broadcast_waits_for_it_hears_nothing) {
  int heard = 0;
  auto subscription = server.endpoint().subscribe("news", [&](const server::TopicMessage&) { ++heard; });
  server.run();
  server.endpoint().broadcast("news", "n");  // this is the thread of the loop: it waits for the end of the turn
  subscription.cancel();
  const std::vector<std::string> others(100, std::string(200, 'x'));  // the memory of the listener is used again
  server.run();
  EXPECT_EQ(heard, 0);
}

TEST_F(ProgramTest, there_is_room_only_while_the_channel_is_joined) {
  struct Roomy final : server::Channel {
    explicit Roomy(std::vector<bool>& noted) : has_room(noted) {}
    JoinResult join(std::string_view, const Payload&) override {
      has_room.push_back(room() > 0);
      return ok();
    }
    HandleResult handle_in(std::string_view, const Payload&) override {
      has_room.push_back(room() > 0);
      return no_reply();
    }
    void terminate(TerminateReason) override { has_room.push_back(room() > 0); }
    std::vector<bool>& has_room;
  };
  std::vector<bool> has_room;
  Server other;
  other.endpoint().socket("/socket").channel("room:*", [&] { return std::make_unique<Roomy>(has_room); });
  const Channel room = other.connect().subscribe_and_join("room:1");
  room.push("ask");
  room.leave().expect_reply("ok");
  EXPECT_EQ(has_room, (std::vector<bool>{false, true, false}));
}

TEST_F(ProgramTest, a_subscription_may_outlive_its_endpoint) {
  server::TopicSubscription subscription;
  {
    Server other;
    subscription = other.endpoint().subscribe("news", [](const server::TopicMessage&) {});
    other.run();
  }
  subscription.cancel();
}

}  // namespace
}  // namespace suzaku::server_testing

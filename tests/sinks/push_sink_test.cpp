// Messages of one connection that are pushed to another.
#include "sinks/push_sink.hpp"

#include <future>
#include <optional>

#include <suzaku/signals/coordinator.hpp>

#include "sinks_real.hpp"

namespace suzaku::sinks {
namespace {

class RealPushSink : public RealSinks {
 protected:
  /// Calls take() on another thread, as an agent does.
  std::future<void> take(std::vector<signals::SignalPtr> batch) {
    return std::async(std::launch::async, [this, batch = std::move(batch)] { sink->take(batch); });
  }
  void make(PushOptions options) { sink.emplace("mirror", std::move(options), connections, bus); }

  /// Waits until the sink listens for changes, which it does while it waits.
  void await_waiting(std::size_t subscriptions_before) {
    real::await([&] { return bus.metrics().subscriptions > subscriptions_before; });
  }
  static void finish(std::future<void>& taken) {
    if (taken.wait_for(real::kSoon) != std::future_status::ready) throw std::runtime_error("the sink still waits");
    taken.get();
  }

  signals::Subscription heard = bus.subscribe("suzaku.target.room_1");
  std::optional<PushSink> sink;
};

TEST_F(RealPushSink, mirrors_messages_of_a_connection_to_another) {
  const real::ServerProcess here;
  const real::ServerProcess there;
  start(options("source", here, {{.topic = "room:1"}}));
  start(options("target", there, {{.topic = "room:1"}}));
  auto source = bus.subscribe("suzaku.source.room_1");
  make({.connection = "target"});

  const auto connection = connections.connection("source");
  const std::string bytes("\0\xff\n", 3);
  real::ok(*connection->push_event("room:1", "shout", {{"n", 1}}));
  ASSERT_TRUE(connection->push_event("room:1", "bin_shout", Payload::binary(bytes)).has_value());
  std::vector<signals::SignalPtr> batch;
  do batch.push_back(next(source));
  while (batch.back()->phoenixevent != "bin_shout");
  sink->take(batch);

  EXPECT_EQ(next(heard, "shout")->data.raw(), R"({"n":1})");
  const auto binary = next(heard, "bin_shout");
  EXPECT_TRUE(binary->data.is_binary());
  EXPECT_EQ(binary->data.raw(), bytes);
  EXPECT_EQ(status(*sink, "sent"), 2);
  EXPECT_EQ(status(*sink, "skipped"), 1);  // the reply to the push
}

TEST_F(RealPushSink, message_is_not_pushed_back_to_its_own_channel) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  make({.connection = "target"});
  signals::Coordinator agents(bus);
  ASSERT_TRUE(agents.add({.name = "mirror",
                          .patterns = {"suzaku.target.**"},
                          .start = [this]() -> signals::BatchHandler {
                            return [this](std::span<const signals::SignalPtr> batch) { sink->take(batch); };
                          },
                          .has_own_thread = true}));
  real::ok(*connections.connection("target")->push_event("room:1", "shout", {{"n", 1}}));
  real::await([&] { return status(*sink, "skipped") >= 2; });  // the message, and the reply to the push
  EXPECT_EQ(status(*sink, "sent"), 0);
  sink->stop();
}

TEST_F(RealPushSink, message_goes_to_another_event_of_its_own_channel) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  make({.connection = "target", .event = "push_me"});
  const auto mine = [](const std::string& event) {
    return std::make_shared<const signals::Signal>(signals::phoenix::message("target", "room:1", event, {{"n", 1}}));
  };
  sink->take(std::vector<signals::SignalPtr>{mine("shout"), mine("push_me")});
  next(heard, "pushed");
  EXPECT_EQ(status(*sink, "sent"), 1);
  EXPECT_EQ(status(*sink, "skipped"), 1);
}

TEST_F(RealPushSink, pushes_to_the_topic_and_event_of_its_options) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  make({.connection = "target", .topic = "room:1", .event = "push_me"});
  sink->take(std::vector{message("elsewhere", "hello", {{"n", 1}})});
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":1})");
}

TEST_F(RealPushSink, joins_a_channel_that_is_not_joined) {
  const real::ServerProcess server;
  start(options("target", server));
  make({.connection = "target"});
  sink->take(std::vector{message("room:1", "push_me", {{"n", 1}}), message("room:1", "push_me", {{"n", 2}})});
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":1})");
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":2})");

  // Joins again after another user of the connection has left the channel.
  auto left = bus.subscribe_type("suzaku.channel.left");
  real::ok(connections.connection("target")->leave_channel("room:1"));
  next(left);
  sink->take(std::vector{message("room:1", "push_me", {{"n", 3}})});
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":3})");
}

TEST_F(RealPushSink, waits_for_a_connection_that_does_not_exist_yet) {
  const real::ServerProcess server;
  make({.connection = "target"});
  const auto subscriptions = bus.metrics().subscriptions;
  auto taken =
      take({message("room:1", "push_me", {{"n", 1}}), message("room:1", "echo", {}), message("room:1", "echo", {})});
  await_waiting(subscriptions);
  EXPECT_EQ(status(*sink, "waiting"), 3);
  start(options("target", server));
  finish(taken);
  EXPECT_EQ(status(*sink, "waiting"), 0);
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":1})");
}

TEST_F(RealPushSink, joins_again_when_the_connection_was_replaced) {
  const real::ServerProcess server;
  make({.connection = "target"});
  for (int i = 0; i < 3; ++i) {
    start(options("target", server));
    auto taken = take({message("room:1", "push_me", {{"n", i}})});
    finish(taken);
    EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":)" + std::to_string(i) + "}");
    real::ok(connections.stop_connection("target"));
  }
}

TEST_F(RealPushSink, loses_no_waiting_message_while_the_server_is_down) {
  constexpr int kMessages = 1'000;
  auto server = std::make_unique<real::ServerProcess>();
  start(options("target", *server, {{.topic = "room:1"}}));
  make({.connection = "target"});
  sink->take(std::vector{message("room:1", "shout", {{"n", -1}})});
  EXPECT_EQ(next(heard, "shout")->data.raw(), R"({"n":-1})");
  real::await([this] { return status(*sink, "ok") == 1; });

  auto lost = bus.subscribe_type("suzaku.channel.error");
  server->kill();
  next(lost);
  std::vector<signals::SignalPtr> batch;
  for (int i = 0; i < kMessages; ++i) batch.push_back(message("room:1", "shout", {{"n", i}}));
  const auto subscriptions = bus.metrics().subscriptions;
  auto taken = take(std::move(batch));
  await_waiting(subscriptions);
  EXPECT_EQ(status(*sink, "sent"), 1);
  server = std::make_unique<real::ServerProcess>(server->port());
  for (int i = 0; i < kMessages; ++i) {
    EXPECT_EQ(next(heard, "shout")->data.raw(), R"({"n":)" + std::to_string(i) + "}");
  }
  finish(taken);
  EXPECT_EQ(status(*sink, "errors"), 0);
  EXPECT_EQ(status(*sink, "dropped"), 0);
}

TEST_F(RealPushSink, stop_ends_every_wait) {
  const real::ServerProcess server;
  start(options("target", server));
  for (const auto* connection : {"target", "nowhere"}) {
    make({.connection = connection});
    const auto subscriptions = bus.metrics().subscriptions;
    auto taken = take({message("room:forbidden", "push_me", {}), message("room:1", "push_me", {})});
    await_waiting(subscriptions);
    sink->stop();
    sink->stop();
    finish(taken);
    EXPECT_EQ(status(*sink, "sent"), 0);
    EXPECT_EQ(bus.metrics().subscriptions, subscriptions);
  }
}

TEST_F(RealPushSink, refused_join_is_logged_once_and_tried_again) {
  const real::ServerProcess server;
  start(options("target", server));
  auto refused = bus.subscribe_type("suzaku.channel.error");
  make({.connection = "target"});
  testing::internal::CaptureStderr();
  auto taken = take({message("room:forbidden", "push_me", {})});
  for (int i = 0; i < 20; ++i) next(refused);
  EXPECT_EQ(taken.wait_for(0s), std::future_status::timeout);
  sink->stop();
  finish(taken);
  const std::string logged = testing::internal::GetCapturedStderr();
  const auto told = logged.find("agent mirror: connection target cannot join \"room:forbidden\"");
  EXPECT_NE(told, logged.npos) << logged;
  EXPECT_EQ(logged.find("cannot join", told + 50), logged.npos) << logged;
}

TEST_F(RealPushSink, drops_messages_that_can_never_be_sent) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  make({.connection = "target"});
  sink->take(std::vector{message("room:1", "phx_leave", {}), message("", "push_me", {}),
                         message("room:1", "push_me", {{"n", 1}})});
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":1})");
  EXPECT_EQ(status(*sink, "dropped"), 2);
}

TEST_F(RealPushSink, drops_messages_for_channels_beyond_the_limit_of_phoenix) {
  const real::ServerProcess server;
  std::vector<bridge::AutoJoin> channels;
  for (int i = 0; i < 100; ++i) channels.push_back({.topic = "room:" + std::to_string(i)});
  start(options("target", server, std::move(channels)));
  make({.connection = "target"});
  auto taken = take({message("room:beyond", "push_me", {}), message("room:1", "push_me", {{"n", 1}})});
  finish(taken);
  EXPECT_EQ(next(heard, "pushed")->data.raw(), R"({"n":1})");
  EXPECT_EQ(status(*sink, "dropped"), 1);

  // It is sent when there is room.
  real::ok(connections.connection("target")->leave_channel("room:2"));
  const auto has_sent_two = [this] {
    take({message("room:beyond", "push_me", {})}).get();
    return status(*sink, "sent") == 2;
  };
  real::await(has_sent_two);
}

TEST_F(RealPushSink, loses_no_signal_of_the_bus_while_a_message_waits) {
  constexpr int kMessages = 100;
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  make({.connection = "target"});
  const auto subscriptions = bus.metrics().subscriptions;
  auto taken = take({message("room:forbidden", "push_me", {})});
  await_waiting(subscriptions);
  const auto connection = connections.connection("target");
  for (int i = 0; i < kMessages; ++i) real::ok(*connection->push_event("room:1", "shout", {{"n", i}}));
  for (int i = 0; i < kMessages; ++i) next(heard, "shout");
  sink->stop();
  finish(taken);
  EXPECT_EQ(bus.metrics().dropped, 0U);
}

TEST_F(RealPushSink, counts_how_pushes_end) {
  const real::ServerProcess server;
  auto with = options("target", server, {{.topic = "room:1"}});
  with.socket.timeout = 100ms;
  start(std::move(with));
  make({.connection = "target"});
  sink->take(std::vector{message("room:1", "echo", {}), message("room:1", "echo_error", {}),
                         message("room:1", "noreply", {})});
  real::await([&] { return status(*sink, "unanswered") == 0; });
  EXPECT_EQ(status(*sink, "ok"), 1);
  EXPECT_EQ(status(*sink, "errors"), 1);
  EXPECT_EQ(status(*sink, "timeouts"), 1);
}

TEST_F(RealPushSink, pushes_that_end_with_their_connection_are_counted) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  make({.connection = "target"});
  // More than may be unanswered: the last pushes wait for the end of the connection, and then for a new one.
  std::vector<signals::SignalPtr> batch(Pusher::kMostUnanswered + 50, message("room:1", "noreply", {}));
  auto taken = take(std::move(batch));
  real::await([&] { return status(*sink, "unanswered") == Pusher::kMostUnanswered; });
  EXPECT_EQ(taken.wait_for(0s), std::future_status::timeout);
  connections.stop_connection("target", 0ms);
  real::await([&] { return status(*sink, "unanswered") == 0; });
  EXPECT_EQ(status(*sink, "errors"), Pusher::kMostUnanswered);
  sink->stop();
  finish(taken);
}

}  // namespace
}  // namespace suzaku::sinks

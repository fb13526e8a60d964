// Which pushes are sent, when they wait for other answers, and how their outcomes are counted and logged.
#include "sinks/pusher.hpp"

#include <future>

#include "sinks_real.hpp"

namespace suzaku::sinks {
namespace {

using bridge::PushError;

class RealPusher : public RealSinks {
 protected:
  static PushCommand command(const std::string& event, const std::string& connection = "target") {
    return {.connection = connection, .topic = "room:1", .event = event};
  }
  tl::expected<void, PushError> push(const PushCommand& command) { return pusher.push(command, stop.get_token()); }
  PushError::Kind failure(const PushCommand& command) {
    const auto sent = push(command);
    if (sent) throw std::runtime_error("it was sent");
    return sent.error().kind;
  }
  void push_without_answers(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(push(command("noreply")));
  }

  std::stop_source stop;
  Pusher pusher{connections, "mirror"};
};

TEST_F(RealPusher, waits_for_an_answer_while_too_many_pushes_have_none) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  push_without_answers(Pusher::kMostUnanswered - 1);
  ASSERT_TRUE(push(command("reply_later")));
  EXPECT_EQ(pusher.counts().unanswered, Pusher::kMostUnanswered);
  auto waiting = std::async(std::launch::async, [this] { return push(command("noreply")); });
  if (waiting.wait_for(real::kSoon) != std::future_status::ready) stop.request_stop();
  EXPECT_TRUE(waiting.get());
  EXPECT_EQ(pusher.counts().ok, 1U) << "it was sent before the answer";
  EXPECT_EQ(pusher.counts().unanswered, Pusher::kMostUnanswered);
}

TEST_F(RealPusher, stop_ends_the_wait_for_an_answer) {
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  push_without_answers(Pusher::kMostUnanswered);
  auto waiting = std::async(std::launch::async, [this] { return push(command("noreply")); });
  stop.request_stop();
  EXPECT_EQ(waiting.wait_for(real::kSoon), std::future_status::ready);
  connections.stop_connection("target", 0ms);  // also ends the wait
  const auto sent = waiting.get();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, PushError::Kind::stopped);
  EXPECT_EQ(sent.error().message, "10000 pushes have no answer yet");
}

TEST_F(RealPusher, reports_why_an_event_cannot_be_sent) {
  auto server = std::make_unique<real::ServerProcess>();
  EXPECT_EQ(failure(command("shout")), PushError::Kind::stopped);
  start(options("target", *server, {{.topic = "room:1"}}));
  EXPECT_EQ(failure(command("phx_leave")), PushError::Kind::invalid);
  PushCommand elsewhere = command("shout");
  elsewhere.topic = "room:2";
  EXPECT_EQ(failure(elsewhere), PushError::Kind::not_joined);
  auto lost = bus.subscribe_type("suzaku.channel.error");
  server->kill();
  next(lost);
  EXPECT_EQ(failure(command("shout")), PushError::Kind::joining);

  server = std::make_unique<real::ServerProcess>();
  start(options("other", *server, {{.topic = "room:1"}}));
  server->stop();
  const auto other = connections.connection("other");
  other->stop(real::kSoon);
  real::await([&other] { return other->status() == bridge::Status::disconnecting; });
  EXPECT_EQ(failure(command("shout", "other")), PushError::Kind::stopped);
  EXPECT_EQ(pusher.counts().sent(), 0U);
}

TEST_F(RealPusher, logs_refusals_at_a_limited_rate_and_no_missing_answers) {
  constexpr std::size_t kTimes = 1'000;
  const real::ServerProcess server;
  start(options("target", server, {{.topic = "room:1"}}));
  auto impatient = options("impatient", server, {{.topic = "room:1"}});
  impatient.socket.timeout = 100ms;
  start(std::move(impatient));
  testing::internal::CaptureStderr();
  ASSERT_TRUE(push(command("echo")));
  ASSERT_TRUE(push(command("noreply", "impatient")));
  // Otherwise the first error might suppress their lines.
  real::await([this] { return pusher.counts().unanswered == 0; });
  for (std::size_t i = 0; i < kTimes; ++i) ASSERT_TRUE(push(command("echo_error")));
  real::await([this] { return pusher.counts().unanswered == 0; });
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_EQ(pusher.counts().errors, kTimes);
  EXPECT_EQ(pusher.counts().timeouts, 1U);

  const auto times = [&logged](std::string_view text) {
    std::size_t found = 0;
    for (auto at = logged.find(text); at != logged.npos; at = logged.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(times("\"echo\" to"), 0U) << logged;
  EXPECT_EQ(times("\"noreply\" to"), 0U) << logged;
  EXPECT_GE(times(R"(agent mirror: "echo_error" to "room:1" of target: the push has ended with error: the server )"
                  R"(answered "error" {})"),
            1U)
      << logged;
  EXPECT_LT(times("\"echo_error\" to"), kTimes / 10) << "one a second";
}

}  // namespace
}  // namespace suzaku::sinks

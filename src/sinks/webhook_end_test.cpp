// Signals that survive the end of a sink or its process, and the end of a sink that waits.
#include <array>
#include <csignal>
#include <future>
#include <memory>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sinks/webhook_sink_test.hpp"

namespace suzaku::sinks {
namespace {

using WebhookEndTest = WebhookSinkTest;

TEST_F(WebhookEndTest, waiting_signals_are_delivered_by_the_next_run) {
  {
    WebhookSink sink("hook", patient_options(kNobody));
    sink.take(signals_of(1, 3));
    await_failures(sink, 1);
    EXPECT_EQ(sink.status().at("waiting"), 3);
  }
  HttpReceiver receiver;
  WebhookSink sink("hook", options(receiver.url()));
  sink.take(signals_of(4, 1));
  EXPECT_EQ(ids(receiver, 4), (std::vector<std::string>{"1", "2", "3", "4"}));
}

TEST_F(WebhookEndTest, taken_signals_survive_the_end_of_the_process) {
  constexpr int kBatch = 7;
  std::array<int, 2> taken{};
  ASSERT_EQ(::pipe2(taken.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    WebhookSink sink("hook", options(kNobody));
    for (int last = 0; true; last += kBatch) {
      sink.take(signals_of(last + 1, kBatch));
      const int now = last + kBatch;
      if (::write(taken[1], &now, sizeof now) < 0) ::_exit(1);
    }
  }
  ::close(taken[1]);
  int last = 0;
  const auto read_one = [&] { return ::read(taken[0], &last, sizeof last) == sizeof last; };
  while (last < 50 * kBatch) ASSERT_TRUE(read_one());
  ::kill(child, SIGKILL);
  while (read_one()) continue;
  ::close(taken[0]);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);

  HttpReceiver receiver;
  WebhookSink sink("hook", options(receiver.url()));
  await_delivered(sink);
  EXPECT_GE(receiver.waiting(), static_cast<std::size_t>(last));
  for (int i = 1; i <= last; ++i) ASSERT_EQ(id_of(receiver.next()), std::to_string(i));
}

TEST_F(WebhookEndTest, ends_at_once_during_a_request) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::kNoAnswer; });
  auto sink = std::make_unique<WebhookSink>("hook", options(receiver.url()));
  sink->take(signals_of(1, 1));
  receiver.next();
  const auto end = std::async(std::launch::async, [&] { sink.reset(); });
  EXPECT_EQ(end.wait_for(kPatience), std::future_status::ready);
}

TEST_F(WebhookEndTest, ends_at_once_while_it_waits_to_try_again) {
  auto sink = std::make_unique<WebhookSink>("hook", patient_options(kNobody));
  sink->take(signals_of(1, 1));
  await_failures(*sink, 1);
  const auto end = std::async(std::launch::async, [&] { sink.reset(); });
  EXPECT_EQ(end.wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace suzaku::sinks

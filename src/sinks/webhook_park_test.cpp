// Signals that the receiver repeatedly fails to process, and receivers that want no more signals.
#include <array>
#include <atomic>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "sinks/webhook_sink_test.hpp"

namespace suzaku::sinks {
namespace {

class WebhookParkTest : public WebhookSinkTest {
 protected:
  /// Options with which each signal gets `max_attempts`.
  WebhookOptions parking_options(const std::string& url, std::size_t max_attempts = 3) const {
    WebhookOptions all = options(url);
    all.max_attempts = max_attempts;
    return all;
  }
  static void await_parked(const Sink& sink, int count) {
    await([&] { return sink.status().at("parked") == count; });
  }

  /// Answers 500 to signal 1 until `is_mended_`.
  std::atomic<bool> is_mended_{false};
  HttpReceiver receiver_{[this](const http::Request& request) {
    return HttpReceiver::status(id_of(request) == "1" && !is_mended_ ? 500 : 200);
  }};
};

TEST_F(WebhookParkTest, one_signal_that_always_fails_is_parked_and_the_others_are_delivered) {
  WebhookSink sink("hook", parking_options(receiver_.url()));
  sink.take(signals_of(1, 3));
  await_delivered(sink);
  await_parked(sink, 1);
  const JsonObject status = sink.status();
  EXPECT_EQ(status.at("delivered"), 2);
  EXPECT_EQ(status.at("dropped"), 0);
  EXPECT_EQ(status.at("parked_bytes"), line_size() - 1);
  EXPECT_EQ(status.at("last_failure"), "the receiver answers with HTTP 500");
  EXPECT_EQ(ids(receiver_, 4), (std::vector<std::string>{"1", "1", "1", "2"}));
}

TEST_F(WebhookParkTest, the_only_signal_is_parked_too) {
  WebhookSink sink("hook", parking_options(receiver_.url()));
  sink.take(signals_of(1, 1));
  await_parked(sink, 1);
  EXPECT_EQ(sink.status().at("waiting"), 0);
}

TEST_F(WebhookParkTest, a_signal_that_is_too_old_is_parked) {
  WebhookOptions all = options(receiver_.url());
  all.max_age = 30ms;
  WebhookSink sink("hook", all);
  sink.take(signals_of(1, 2));
  await_parked(sink, 1);
  await_delivered(sink);
  EXPECT_EQ(sink.status().at("delivered"), 1);
}

TEST_F(WebhookParkTest, retry_sends_parked_signals_before_later_ones) {
  WebhookSink sink("hook", parking_options(receiver_.url()));
  sink.take(signals_of(1, 2));
  await_parked(sink, 1);
  await_delivered(sink);
  EXPECT_EQ(sink.retry(), 1U);
  await_parked(sink, 1);
  is_mended_ = true;
  sink.retry();
  await([&] { return sink.status().at("delivered") == 2; });
  EXPECT_EQ(sink.status().at("parked"), 0);
  EXPECT_EQ(sink.retry(), 0U);
}

TEST_F(WebhookParkTest, drop_removes_parked_signals) {
  WebhookSink sink("hook", parking_options(receiver_.url()));
  sink.take(signals_of(1, 1));
  await_parked(sink, 1);
  EXPECT_EQ(sink.drop_parked(), 1U);
  EXPECT_EQ(sink.drop_parked(), 0U);
  EXPECT_EQ(sink.status().at("parked"), 0);
  EXPECT_EQ(sink.status().at("dropped"), 1);
}

TEST_F(WebhookParkTest, signals_parked_while_the_receiver_failed_at_everything_are_sent_when_it_works_again) {
  std::atomic<bool> fails{true};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(fails ? 500 : 200); });
  WebhookSink sink("hook", parking_options(receiver.url()));
  sink.take(signals_of(1, 9));
  await([&] { return sink.status().at("parked").to_number<int>() >= 2; });
  fails = false;
  await([&] { return sink.status().at("delivered") == 9; });
  EXPECT_EQ(sink.status().at("parked"), 0);
  EXPECT_EQ(sink.status().at("dropped"), 0);
}

TEST_F(WebhookParkTest, signals_parked_before_a_restart_are_sent_once_more_when_the_receiver_accepts_a_signal) {
  std::atomic<bool> fails{true};
  HttpReceiver receiver(
      [&](const http::Request& request) { return HttpReceiver::status(fails || id_of(request) == "2" ? 500 : 200); });
  {
    WebhookSink before("hook", parking_options(receiver.url(), 1));
    before.take(signals_of(1, 3));
    await_parked(before, 3);
  }
  fails = false;
  WebhookSink sink("hook", parking_options(receiver.url(), 1));
  EXPECT_EQ(sink.status().at("parked"), 3);
  sink.take(signals_of(4, 1));
  await_parked(sink, 1);
  sink.take(signals_of(5, 1));
  await([&] { return sink.status().at("delivered") == 4; });
  EXPECT_EQ(sink.status().at("parked"), 1);
  EXPECT_EQ(ids(receiver, 8), (std::vector<std::string>{"1", "2", "3", "4", "1", "2", "3", "5"}));
}

TEST_F(WebhookParkTest, a_receiver_that_is_away_or_asks_to_wait_parks_nothing) {
  std::atomic<int> requests{0};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(++requests < 20 ? 503 : 200); });
  {
    WebhookSink away("hook", parking_options(kNobody, 1));
    away.take(signals_of(1, 2));
    await_failures(away, 10);
    EXPECT_EQ(away.status().at("parked"), 0);
    EXPECT_EQ(away.status().at("waiting"), 2);
  }
  WebhookSink sink("hook", parking_options(receiver.url(), 1));
  await_delivered(sink);
  EXPECT_EQ(sink.status().at("parked"), 0);
  EXPECT_EQ(sink.status().at("delivered"), 2);
}

TEST_F(WebhookParkTest, a_request_that_the_receiver_breaks_off_counts_as_an_attempt) {
  HttpReceiver receiver([](const http::Request& request) {
    return id_of(request) == "1" ? HttpReceiver::kHangUp : HttpReceiver::status(200);
  });
  WebhookSink sink("hook", parking_options(receiver.url()));
  sink.take(signals_of(1, 2));
  await_parked(sink, 1);
  await_delivered(sink);
  EXPECT_EQ(sink.status().at("delivered"), 1);
}

TEST_F(WebhookParkTest, parked_signals_are_bounded_in_bytes) {
  HttpReceiver receiver([](const auto&) { return HttpReceiver::status(500); });
  WebhookOptions all = parking_options(receiver.url(), 1);
  all.max_parked_size = 3 * line_size();
  WebhookSink sink("hook", all);
  sink.take(signals_of(1, 5));
  await_delivered(sink);
  await([&] { return sink.status().at("dropped") == 2; });
  EXPECT_EQ(sink.status().at("parked"), 3);
  EXPECT_EQ(sink.status().at("parked_bytes"), 3 * (line_size() - 1));
}

using ParkedTest = WebhookSinkTest;  // without threads, so that it may fork

TEST_F(ParkedTest, a_signal_survives_the_end_of_its_process) {
  std::array<int, 2> parked{};
  ASSERT_EQ(::pipe(parked.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const HttpReceiver receiver([](const auto&) { return HttpReceiver::status(500); });
    WebhookOptions all = options(receiver.url());
    all.max_attempts = 1;
    WebhookSink sink("hook", all);
    sink.take(signals_of(1, 2));
    while (sink.status().at("parked") != 2) ::usleep(1'000);
    if (::write(parked[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  ::close(parked[1]);
  char byte = 0;
  ASSERT_EQ(::read(parked[0], &byte, 1), 1);
  ::close(parked[0]);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);

  const HttpReceiver receiver;
  WebhookSink sink("hook", options(receiver.url()));
  EXPECT_EQ(sink.status().at("parked"), 2);
  sink.retry();
  await([&] { return sink.status().at("delivered") == 2; });
}

TEST_F(WebhookParkTest, a_receiver_that_is_gone_pauses_the_sink_until_retry) {
  std::atomic<bool> is_gone{true};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(is_gone ? 410 : 200); });
  WebhookSink sink("hook", parking_options(receiver.url(), 1));
  sink.take(signals_of(1, 1));
  await([&] { return sink.status().at("is_paused") == true; });
  sink.take(signals_of(2, 1));
  EXPECT_EQ(sink.status().at("waiting"), 2);
  EXPECT_EQ(sink.status().at("parked"), 0);
  EXPECT_EQ(sink.status().at("last_failure"),
            "the receiver answers with HTTP 410, which ends deliveries; `suzaku bridge ctl webhook retry hook` resumes "
            "them");
  EXPECT_EQ(receiver.connections(), 1U);
  EXPECT_EQ(id_of(receiver.next()), "1");
  EXPECT_EQ(receiver.waiting(), 0U);
  is_gone = false;
  sink.retry();
  await_delivered(sink);
  EXPECT_EQ(sink.status().at("is_paused"), false);
  EXPECT_EQ(ids(receiver, 2), (std::vector<std::string>{"1", "2"}));
}

}  // namespace
}  // namespace suzaku::sinks

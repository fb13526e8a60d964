#include "sinks/webhook_sink_test.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>

#include "sinks/webhook_request.hpp"

namespace suzaku::sinks {
namespace {

TEST_F(WebhookSinkTest, delivers_events_in_order) {
  HttpReceiver receiver;
  WebhookSink sink("hook", options(receiver.url()));
  sink.take(signals_of(1, 2));
  sink.take(signals_of(3, 1));
  await_delivered(sink);
  const http::Request first = receiver.next();
  EXPECT_EQ(first.body, to_json_text(*signal_of("1")));
  EXPECT_EQ(*first.header("content-type"), "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(first.header("webhook-id"), nullptr);
  EXPECT_EQ(ids(receiver, 2), (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(sink.status(), (JsonObject{{"waiting", 0},
                                       {"waiting_bytes", 0},
                                       {"parked", 0},
                                       {"parked_bytes", 0},
                                       {"delivered", 3},
                                       {"refused", 0},
                                       {"dropped", 0},
                                       {"is_paused", false},
                                       {"spool_rewrites", 0},
                                       {"failures", 0},
                                       {"last_failure", ""},
                                       {"last_failure_at", nullptr}}));
}

TEST_F(WebhookSinkTest, delivers_data_as_the_body_and_attributes_as_headers) {
  HttpReceiver receiver;
  WebhookOptions binary = options(receiver.url());
  binary.mode = WebhookOptions::Mode::binary;
  binary.headers = {{"Authorization", "Bearer hunter"}};
  WebhookSink sink("hook", binary);
  sink.take(std::array{signal_of("é", Payload::binary("\xff")), signal_of("2", {{"body", "hi"}})});
  const http::Request bytes = receiver.next();
  EXPECT_EQ(bytes.body, "\xff");
  EXPECT_EQ(*bytes.header("content-type"), "application/octet-stream");
  EXPECT_EQ(*bytes.header("ce-id"), "%C3%A9");
  EXPECT_EQ(*bytes.header("authorization"), "Bearer hunter");
  const http::Request json = receiver.next();
  EXPECT_EQ(json.body, R"({"body":"hi"})");
  EXPECT_EQ(*json.header("ce-type"), "suzaku.c.room_1.shout");
}

TEST_F(WebhookSinkTest, signs_what_it_sends) {
  HttpReceiver receiver;
  WebhookOptions signing = options(receiver.url());
  signing.secret = "whsec_Zm9v";
  WebhookSink sink("hook", signing);
  const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  sink.take(signals_of(1, 1));
  const http::Request request = receiver.next();
  EXPECT_EQ(*request.header("webhook-id"), "1");
  const std::chrono::system_clock::time_point time(
      std::chrono::seconds(std::stoll(*request.header("webhook-timestamp"))));
  EXPECT_GE(time, before);
  EXPECT_LE(time, std::chrono::system_clock::now());
  WebhookRequest expected{.headers = {}, .body = request.body};
  sign(expected, "foo", "1", time);
  EXPECT_EQ(*request.header("webhook-signature"), expected.headers.back().value);
}

TEST_F(WebhookSinkTest, tries_again_until_it_is_delivered) {
  std::atomic<int> requests{0};
  HttpReceiver receiver([&](const auto&) {
    constexpr std::array kAnswers = {500, 503, 302, 401, 402, 403, 404, 405, 407, 408, 423, 425, 429, 451};
    const auto i = static_cast<std::size_t>(requests++);
    if (i == 0) return std::string(HttpReceiver::kHangUp);
    return HttpReceiver::status(i <= kAnswers.size() ? kAnswers[i - 1] : 204);
  });
  WebhookSink sink("hook", options(receiver.url()));
  sink.take(signals_of(1, 2));
  await_delivered(sink);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(id_of(receiver.next()), "1");
  EXPECT_EQ(id_of(receiver.next()), "2");
  const JsonObject status = sink.status();
  EXPECT_EQ(status.at("delivered"), 2);
  EXPECT_EQ(status.at("failures"), 15);
  EXPECT_NE(status.at("last_failure"), "");
}

TEST_F(WebhookSinkTest, waits_as_long_as_the_receiver_asks) {
  std::atomic<int> requests{0};
  HttpReceiver receiver([&](const auto&) {
    return requests++ == 0 ? HttpReceiver::status(429, "retry-after: 1") : HttpReceiver::status(200);
  });
  WebhookSink sink("hook", options(receiver.url()));
  const auto begin = std::chrono::steady_clock::now();
  sink.take(signals_of(1, 1));
  await_delivered(sink);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 1s);
}

TEST_F(WebhookSinkTest, drops_signals_that_the_receiver_refuses) {
  HttpReceiver receiver([](const http::Request& request) {
    const std::string id = id_of(request);
    return HttpReceiver::status(id == "1" ? 400 : id == "2" ? 422 : 200);
  });
  WebhookSink sink("hook", patient_options(receiver.url()));
  sink.take(signals_of(1, 3));
  await_delivered(sink);
  EXPECT_EQ(ids(receiver, 3), (std::vector<std::string>{"1", "2", "3"}));
  const JsonObject status = sink.status();
  EXPECT_EQ(status.at("delivered"), 1);
  EXPECT_EQ(status.at("refused"), 2);
  EXPECT_EQ(status.at("dropped"), 0);
  EXPECT_EQ(status.at("failures"), 0);
}

TEST_F(WebhookSinkTest, delivers_an_event_with_control_characters_in_both_modes_with_the_same_name) {
  HttpReceiver receiver;
  for (const auto mode : {WebhookOptions::Mode::structured, WebhookOptions::Mode::binary}) {
    signals::Signal signal = *signal_of("1");
    signal.phoenixevent = "a\x07\n%";
    signal.type = "suzaku.c.room_1.a\x07\n%";
    WebhookOptions all = options(receiver.url());
    all.mode = mode;
    WebhookSink sink("hook", all);
    sink.take(std::array{std::make_shared<const signals::Signal>(signal)});
    await_delivered(sink);
    EXPECT_EQ(sink.status().at("delivered"), 1);
  }
  const auto structured = signals::parse_signal(receiver.next().body);
  ASSERT_TRUE(structured) << structured.error().message;
  EXPECT_EQ(structured->phoenixevent, "a%07%0A%");
  EXPECT_EQ(structured->type, "suzaku.c.room_1.a%07%0A%");
  const http::Request binary = receiver.next();  // the binding encodes each % once more
  EXPECT_EQ(*binary.header("ce-phoenixevent"), "a%2507%250A%25");
  EXPECT_EQ(*binary.header("ce-type"), "suzaku.c.room_1.a%2507%250A%25");
}

TEST_F(WebhookSinkTest, sends_an_event_as_it_is_when_its_parts_cannot_be_read) {
  {
    Spool spool(folder_.file("spool"), 1 << 20, 1 << 20);
    spool.put(signals_of(1, 1, Payload::from_text(std::string(1'024, '[') + std::string(1'024, ']'))));
  }
  HttpReceiver receiver;
  WebhookOptions binary = options(receiver.url());
  binary.mode = WebhookOptions::Mode::binary;
  WebhookSink sink("hook", binary);
  await_delivered(sink);
  EXPECT_EQ(sink.status().at("delivered"), 1);
}

TEST_F(WebhookSinkTest, nothing_is_lost_while_the_receiver_is_away) {
  std::atomic<bool> is_away{false};
  HttpReceiver receiver([&](const auto&) { return is_away ? HttpReceiver::kHangUp : HttpReceiver::status(200); });
  WebhookSink sink("hook", options(receiver.url()));
  sink.take(signals_of(1, 10));
  await_delivered(sink);
  EXPECT_EQ(ids(receiver, 10).back(), "10");

  is_away = true;
  for (int i = 11; i <= 500; i += 10) sink.take(signals_of(i, 10));
  await_failures(sink, 5);
  is_away = false;
  await_delivered(sink);
  while (receiver.waiting() > 490) EXPECT_EQ(id_of(receiver.next()), "11");
  for (int i = 11; i <= 500; ++i) ASSERT_EQ(id_of(receiver.next()), std::to_string(i));
  EXPECT_EQ(sink.status().at("delivered"), 500);
}

TEST_F(WebhookSinkTest, a_request_without_an_answer_is_sent_again) {
  std::atomic<int> requests{0};
  HttpReceiver receiver(
      [&](const auto&) { return requests++ == 0 ? HttpReceiver::kNoAnswer : HttpReceiver::status(200); });
  WebhookOptions hasty = options(receiver.url());
  hasty.timeout = 100ms;
  WebhookSink sink("hook", hasty);
  sink.take(signals_of(1, 1));
  EXPECT_EQ(ids(receiver, 2), (std::vector<std::string>{"1", "1"}));
}

TEST_F(WebhookSinkTest, a_full_spool_drops_the_oldest) {
  const std::size_t size = to_json_text(*signal_of("1")).size();
  {
    WebhookOptions small = patient_options(kNobody);
    small.max_spool_size = 3 * size;
    WebhookSink sink("hook", small);
    sink.take(signals_of(1, 3));
    sink.take(signals_of(4, 2));
    const JsonObject status = sink.status();
    EXPECT_EQ(status.at("waiting"), 3);
    EXPECT_EQ(status.at("waiting_bytes"), 3 * size);
    EXPECT_EQ(status.at("dropped"), 2);
  }
  HttpReceiver receiver;
  const WebhookSink sink("hook", options(receiver.url()));
  EXPECT_EQ(ids(receiver, 3), (std::vector<std::string>{"3", "4", "5"}));
}

TEST_F(WebhookSinkTest, logs_once_that_it_fails_and_once_that_it_delivers_again) {
  std::atomic<int> requests{0};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(requests++ < 5 ? 500 : 200); });
  std::string url = receiver.url() + "/hunter?token=hunter";
  url.insert(std::string_view("http://").size(), "hunter:hunter@");
  testing::internal::CaptureStderr();
  JsonObject status;
  {
    WebhookSink sink("hook", options(url));
    sink.take(signals_of(1, 2));
    await_delivered(sink);
    status = sink.status();
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("cannot deliver, and will try again: the receiver answers with HTTP 500"), std::string::npos)
      << log;
  EXPECT_NE(log.find("delivers again; attempts that failed: 5"), std::string::npos) << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
  EXPECT_EQ(log.find("hunter"), std::string::npos) << log;
  EXPECT_EQ(status.at("last_failure"), "the receiver answers with HTTP 500");
}

TEST_F(WebhookSinkTest, errors_of_the_constructor_show_no_secrets) {
  WebhookOptions wrong = options("ftp://hunter@example.com");
  EXPECT_THROW(WebhookSink("hook", wrong), std::invalid_argument);
  wrong = options(kNobody);
  wrong.secret = "whsec_hunter!2";
  try {
    const WebhookSink sink("hook", wrong);
    ADD_FAILURE();
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()).find("hunter"), std::string::npos);
  }
}

}  // namespace
}  // namespace suzaku::sinks

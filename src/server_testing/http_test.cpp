// Answers to HTTP requests that come later, or in parts.

#include "server_testing/kit_test.hpp"

namespace suzaku::server_testing {
namespace {

using server::HttpRequest;
using server::HttpResponse;
using server::HttpResult;

/// "/later" keeps its answer for the test, "/stream" its stream.
class HttpKitTest : public KitTest {
 protected:
  HttpKitTest() {
    server.endpoint().get("/later", [this](const HttpRequest& asked) -> HttpResult { return answer = asked.later(); });
    server.endpoint().get("/stream", [this](const HttpRequest& asked) -> HttpResult {
      return stream = asked.stream({.content_type = "text/event-stream"}, events);
    });
    events.on_close = [this] { script.notes.emplace_back("closed"); };
    events.on_drain = [](const server::HttpStream& body) {
      body.write("bye");
      body.end();
    };
  }
  server::HttpAnswer answer;
  server::HttpStream stream;
  server::HttpStreamEvents events;
};

TEST_F(HttpKitTest, a_request_is_answered_later) {
  const Requesting asked = server.begin_request({.path = "/later"});
  server.advance(9s);
  asked.refute_answer();
  EXPECT_TRUE(asked.is_open());
  answer.send({.status = 201, .body = "made"});
  EXPECT_EQ(asked.expect_answer().status, 201);
  EXPECT_FALSE(asked.is_open());
  answer.send({.status = 500});
  server.advance(1h);
  EXPECT_EQ(asked.expect_answer().body, "made");
}

TEST_F(HttpKitTest, a_request_is_503_when_its_time_is_up) {
  const Requesting asked = server.begin_request({.path = "/later"});
  server.advance(10s);
  EXPECT_EQ(asked.expect_answer().status, 503);
  answer.send({});  // nothing happens
  EXPECT_EQ(asked.expect_answer().status, 503);
}

TEST_F(HttpKitTest, an_answer_that_cannot_be_sent_is_500_at_once) {
  const Requesting asked = server.begin_request({.path = "/later"});
  testing::internal::CaptureStderr();
  answer.send({.status = 99});
  EXPECT_EQ(asked.expect_answer().status, 500);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("an HTTP status is from 200 to 599, not 99"),
            std::string::npos);
}

TEST_F(HttpKitTest, a_client_may_go_away_before_its_answer) {
  const Requesting asked = server.begin_request({.path = "/later"});
  asked.close();
  answer.send({});
  server.advance(10s);
  asked.refute_answer();
  server.begin_request({.path = "/later"});  // nobody keeps it
  answer.send({});
  server.run();
}

TEST_F(HttpKitTest, a_handler_that_fails_is_500) {
  server.endpoint().get("/throws", [](const HttpRequest&) -> HttpResult { throw std::runtime_error("on purpose"); });
  server.endpoint().get("/nobody", [](const HttpRequest&) -> HttpResult { return server::HttpAnswer(); });
  EXPECT_EQ(server.request({.path = "/throws"}).status, 500);
  EXPECT_EQ(server.request({.path = "/nobody"}).status, 500);
}

TEST_F(HttpKitTest, parts_of_an_answer_come_one_by_one) {
  const Requesting asked = server.begin_request({.path = "/stream"});
  EXPECT_EQ(asked.expect_head().content_type, "text/event-stream");
  asked.refute_part();
  stream.write("data: 1\n\n");
  stream.write("data: 2\n\n");
  EXPECT_EQ(asked.expect_part(), "data: 1\n\n");
  EXPECT_EQ(asked.expect_part(), "data: 2\n\n");
  asked.refute_part();
  EXPECT_THROW(asked.expect_answer(), Failure) << "it goes on";
  EXPECT_TRUE(asked.is_open());
  stream.end();
  EXPECT_EQ(asked.expect_answer().body, "data: 1\n\ndata: 2\n\n");
  EXPECT_FALSE(asked.is_open());
  EXPECT_FALSE(stream.write("more"));
  EXPECT_EQ(script.notes, std::vector<std::string>());
}

TEST_F(HttpKitTest, a_client_that_does_not_read_makes_a_stream_wait_for_room) {
  std::size_t sent = 0;
  events.on_room = [&](const server::HttpStream& body) {
    for (; sent < 30 && body.room() > 0; ++sent) body.write(std::string(10'000, 'x'));
    if (sent == 30) body.end();
  };
  events.on_room = [room = events.on_room, this](const server::HttpStream& body) {
    script.notes.emplace_back("room");
    room(body);
  };
  const Requesting asked = server.begin_request({.path = "/stream"});
  EXPECT_EQ(asked.expect_answer().body.size(), 300'000u) << "who reads has room";

  sent = 0;
  script.notes.clear();
  const auto fill = std::exchange(events.on_room, {});
  events.on_room = [fill, first = true](const server::HttpStream& body) mutable {
    if (!std::exchange(first, false)) fill(body);
  };
  const Requesting slow = server.begin_request({.path = "/stream"});
  slow.stop_reading();
  while (stream.room() > 0) stream.write(std::string(10'000, 'x'));
  EXPECT_GT(slow.waiting_bytes(), 64u * 1024);
  EXPECT_LE(slow.waiting_bytes(), 128u * 1024);
  slow.refute_part();
  EXPECT_EQ(script.notes, std::vector<std::string>());
  slow.read();
  EXPECT_EQ(script.notes, std::vector<std::string>{"room"});
  EXPECT_EQ(slow.waiting_bytes(), 0u);
  EXPECT_GT(slow.expect_answer().body.size(), 300'000u);
}

TEST_F(HttpKitTest, what_waits_for_a_client_outlasts_the_end_of_its_answer) {
  const Requesting asked = server.begin_request({.path = "/stream"});
  asked.stop_reading();
  stream.write("last");
  stream.end();
  EXPECT_THROW(asked.expect_answer(), Failure);
  asked.read();
  EXPECT_EQ(asked.expect_answer().body, "last");
}

TEST_F(HttpKitTest, a_stream_learns_that_its_client_has_gone) {
  const Requesting asked = server.begin_request({.path = "/stream"});
  stream.write("part");
  asked.close();
  EXPECT_EQ(script.notes, std::vector<std::string>{"closed"});
  EXPECT_FALSE(stream.is_open());
  EXPECT_EQ(asked.expect_part(), "part");
  server.request({.path = "/stream"});
  EXPECT_EQ(script.notes.size(), 2u);
  server.request({.method = "HEAD", .path = "/stream"});
  EXPECT_EQ(script.notes.size(), 3u);
}

TEST_F(HttpKitTest, a_stream_is_cut_off_by_a_callback_that_throws) {
  events.on_room = [](const server::HttpStream&) { throw std::runtime_error("on purpose"); };
  const Requesting asked = server.begin_request({.path = "/stream"});
  asked.expect_abort();
  EXPECT_FALSE(asked.is_open());
  EXPECT_EQ(script.notes, std::vector<std::string>{"closed"});
}

TEST(HttpKit, a_client_that_never_reads_is_cut_off) {
  Server server({.max_queued_bytes = 100});
  server::HttpStream stream;
  server.endpoint().get("/stream", [&](const HttpRequest& asked) -> HttpResult { return stream = asked.stream({}); });
  const Requesting asked = server.begin_request({.path = "/stream"});
  asked.stop_reading();
  EXPECT_TRUE(stream.write(std::string(100, 'x')));
  EXPECT_EQ(asked.waiting_bytes(), 100u);
  stream.write("x");
  asked.expect_abort();
  EXPECT_FALSE(stream.is_open());
}

TEST_F(HttpKitTest, a_drain_asks_streams_to_end) {
  const Requesting asked = server.begin_request({.path = "/stream"});
  server.drain();
  EXPECT_EQ(asked.expect_answer().body, "bye");
  EXPECT_EQ(server.request({.path = "/stream"}).body, "bye") << "one that begins then, too";
}

TEST_F(HttpKitTest, failures_say_what_was_asked_and_what_came) {
  const Requesting later = server.begin_request({.path = "/later"});
  EXPECT_NE(failure_of([&] { later.expect_answer(); }).find("GET /later was not answered."), std::string::npos);
  EXPECT_NE(failure_of([&] { later.expect_head(); }), "");
  const Requesting asked = server.begin_request({.path = "/stream"});
  stream.write("part");
  const std::string failure = failure_of([&] { asked.expect_answer(); });
  EXPECT_NE(failure.find("GET /stream has no whole answer. Its answer is 200 with 4 bytes of a body: part"),
            std::string::npos)
      << failure;
  EXPECT_NE(failure_of([&] { asked.refute_answer(); }), "");
  EXPECT_NE(failure_of([&] { asked.refute_part(); }), "");
  EXPECT_NE(failure_of([&] { asked.expect_abort(); }), "");
  asked.expect_part();
  EXPECT_NE(failure_of([&] { asked.expect_part(); }), "");
}

}  // namespace
}  // namespace suzaku::server_testing

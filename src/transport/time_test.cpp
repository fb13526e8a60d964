// The time limits of HTTP and WebSocket connections.

#include <memory>
#include <string>

#include "transport/http_session_test.hpp"

namespace suzaku::transport {
namespace {

using namespace std::chrono_literals;

using TimeTest = HttpSessionTest;

TEST_F(TimeTest, a_request_that_does_not_come_whole_is_408_after_ten_seconds) {
  write("GET / HT");
  advance(10s - 1ms);
  EXPECT_EQ(read(), "");
  advance(1ms);
  EXPECT_TRUE(read().starts_with("HTTP/1.1 408 "));
}

TEST_F(TimeTest, a_connection_without_a_request_is_closed_after_ten_seconds) {
  advance(10s - 1ms);
  EXPECT_EQ(read(), "");
  advance(1ms);
  EXPECT_EQ(read(), "(closed)");
}

TEST_F(TimeTest, a_connection_between_requests_is_closed_after_a_minute) {
  get("/");
  EXPECT_TRUE(read().starts_with("HTTP/1.1 200 "));
  advance(60s - 1ms);
  EXPECT_EQ(read(), "");
  advance(1ms);
  EXPECT_EQ(read(), "(closed)");
}

TEST_F(TimeTest, each_request_has_ten_seconds_from_its_first_byte) {
  get("/");
  advance(59s);
  write("GET / HT");
  read();
  advance(10s - 1ms);
  EXPECT_EQ(read(), "");
  advance(1ms);
  EXPECT_TRUE(read().starts_with("HTTP/1.1 408 "));
}

TEST_F(TimeTest, an_answer_that_does_not_come_is_503_after_ten_seconds_and_the_connection_goes_on) {
  get("/later");
  advance(10s - 1ms);
  EXPECT_EQ(read(), "");
  advance(1ms);
  EXPECT_TRUE(read().starts_with("HTTP/1.1 503 "));
  get("/");
  EXPECT_TRUE(read().starts_with("HTTP/1.1 200 "));
}

TEST_F(TimeTest, a_streamed_answer_may_be_silent_for_hours) {
  get("/stream");
  EXPECT_NE(read().find("xxxxxxxxxx"), std::string::npos);
  advance(24h);
  EXPECT_EQ(read(), "");
}

TEST_F(TimeTest, a_streamed_answer_of_which_the_client_takes_nothing_is_cut_off_after_two_minutes) {
  get("/large");
  advance(120s - 1ms);
  EXPECT_EQ(sessions.size(), 1U);
  advance(1ms);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(TimeTest, a_websocket_without_a_byte_from_its_client_is_closed_with_1001_after_a_minute) {
  get("/socket");
  EXPECT_TRUE(read().starts_with("HTTP/1.1 101 "));
  advance(30s);
  write(std::string("\x8a\x80\0\0\0\0", 6));  // a pong
  advance(60s - 1ms);
  EXPECT_EQ(read(), "");
  advance(1ms);
  EXPECT_EQ(read(), "\x88\x02\x03\xe9(closed)");
}

TEST_F(TimeTest, a_websocket_whose_client_does_not_close_is_gone_five_seconds_later) {
  get("/socket");
  read();
  advance(60s);
  EXPECT_EQ(sessions.size(), 1U);
  advance(5s - 1ms);
  EXPECT_EQ(sessions.size(), 1U);
  advance(1ms);
  EXPECT_EQ(sessions.size(), 0U);
}

/// Answers, when it is destroyed, the request that it was to answer.
class LastWord final : public LateAnswerer {
 public:
  explicit LastWord(Exchange& exchange) : exchange_(exchange) {}
  ~LastWord() override { exchange_.resolve(http::Response::text(200, "too late")); }
  LastWord(const LastWord&) = delete;
  LastWord& operator=(const LastWord&) = delete;

 private:
  Exchange& exchange_;
};

TEST_F(TimeTest, an_answer_after_the_connection_has_ended_does_nothing) {
  service.make_answerer = [](Exchange& exchange) { return std::make_unique<LastWord>(exchange); };
  get("/later");
  close();
  loop.run_ready();
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(TimeTest, a_client_that_sends_no_more_gets_no_websocket) {
  Exchange* waiting = nullptr;
  service.make_answerer = [&](Exchange& exchange) {
    waiting = &exchange;
    return std::make_unique<Late>();
  };
  get("/later");
  shutdown_write();
  loop.run_ready();
  Upgrade upgrade;
  upgrade.handler = std::make_unique<SilentHandler>();
  waiting->resolve(std::move(upgrade));
  loop.run_ready();
  EXPECT_TRUE(read().starts_with("HTTP/1.1 400 "));
}

TEST_F(TimeTest, a_client_that_sends_no_more_gets_an_answer_that_comes_later) {
  Exchange* waiting = nullptr;
  service.make_answerer = [&](Exchange& exchange) {
    waiting = &exchange;
    return std::make_unique<Late>();
  };
  get("/later");
  shutdown_write();
  loop.run_ready();
  advance(5s);
  EXPECT_EQ(read(), "");
  waiting->resolve(http::Response::text(200, "late"));
  loop.run_ready();
  const std::string answer = read();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_TRUE(answer.ends_with("late(closed)")) << answer;
}

}  // namespace
}  // namespace suzaku::transport

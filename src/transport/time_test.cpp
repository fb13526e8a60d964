// The time limits of HTTP and WebSocket connections, in virtual time over a real pair of sockets.

#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/virtual_clock.hpp"
#include "transport/http_session.hpp"

namespace suzaku::transport {
namespace {

using namespace std::chrono_literals;

class SilentHandler final : public WebSocketSession::Handler {
 public:
  void on_open(FrameSink&) override {}
  void on_room() override {}
  void on_message(ws::Opcode, std::string_view) override {}
  void on_close(End) override {}
};

/// A body of one part, and then nothing for ever.
class SilentBody final : public BodySource {
 public:
  explicit SilentBody(std::size_t size) : size_(size) {}
  void on_open(BodySink& sink) override { sink.write(std::string(size_, 'x')); }
  void on_room() override {}
  void on_drain() override {}

 private:
  std::size_t size_;
};

class Late final : public LateAnswerer {};

/// "/later" is never answered, "/socket" becomes a WebSocket, "/stream" sends a part of a body, others are "ok".
class Service final : public HttpService {
 public:
  std::size_t max_body(const http::Request&) override { return 100; }
  Decision serve(const http::Request& request, const Client&, Exchange& exchange) override {
    if (request.path() == "/later") return make_answerer(exchange);
    if (request.path() == "/stream") return Answer(StreamedResponse{{}, std::make_unique<SilentBody>(10)});
    if (request.path() == "/large") return Answer(StreamedResponse{{}, std::make_unique<SilentBody>(8 << 20)});
    if (request.path() == "/socket") {
      Upgrade upgrade;
      upgrade.handler = std::make_unique<SilentHandler>();
      upgrade.options.idle_timeout = 60s;
      return Answer(std::move(upgrade));
    }
    return Answer(http::Response::text(200, "ok"));
  }

  std::function<std::unique_ptr<LateAnswerer>(Exchange&)> make_answerer = [](Exchange&) {
    return std::make_unique<Late>();
  };
};

class TimeTest : public testing::Test {
 protected:
  TimeTest() {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) != 0)
      throw std::system_error(errno, std::generic_category());
    client_ = pair[0];
    loop.run_ready();  // it is this thread's
    auto connection = std::make_unique<net::Connection>(loop, pair[1], net::Address(), net::OutLimits{});
    auto session = std::make_unique<HttpSession>(sessions, std::move(connection), service, inflater, options);
    HttpSession& started = *session;
    sessions.add(std::move(session));
    started.start();
  }
  ~TimeTest() override {
    if (client_ >= 0) ::close(client_);
  }

  void write(std::string_view bytes) {
    ASSERT_EQ(::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    loop.run_ready();
  }
  void get(const std::string& path) { write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"); }
  /// What has come; "(closed)" at the end when that was all.
  std::string read() {
    std::string text;
    std::array<char, 4096> buffer{};
    ssize_t size = 0;
    while ((size = ::recv(client_, buffer.data(), buffer.size(), 0)) > 0)
      text.append(buffer.data(), static_cast<std::size_t>(size));
    return size == 0 ? text + "(closed)" : text;
  }
  void close() { ::close(std::exchange(client_, -1)); }
  void shutdown_write() { ::shutdown(client_, SHUT_WR); }
  void advance(net::Duration time) { clock.advance(loop, time); }

  net::VirtualClock clock;
  net::Loop loop{clock};
  Service service;
  HttpOptions options;
  ws::Inflater inflater;
  Sessions sessions{loop};

 private:
  int client_ = -1;
};

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

}  // namespace
}  // namespace suzaku::transport

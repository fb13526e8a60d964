#pragma once

#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
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

/// A body that the test writes.
class WrittenBody final : public BodySource {
 public:
  explicit WrittenBody(BodySink*& sink) : sink_(sink) {}
  void on_open(BodySink& sink) override { sink_ = &sink; }
  void on_room() override {}
  void on_drain() override {}

 private:
  BodySink*& sink_;
};

class Late final : public LateAnswerer {};

/// "/later" is never answered, "/socket" becomes a WebSocket, "/stream" sends a part of a body, and "/body" what
/// `make_body` makes; "/refused" is refused when it has a body, others are "ok".
class Service final : public HttpService {
 public:
  std::unique_ptr<RequestHandler> handler_of(const http::Request&, const Client&) override {
    return std::make_unique<Handler>(*this);
  }

  std::function<std::unique_ptr<LateAnswerer>(Exchange&)> make_answerer = [](Exchange&) {
    return std::make_unique<Late>();
  };
  std::function<std::unique_ptr<BodySource>()> make_body;

 private:
  class Handler final : public RequestHandler {
   public:
    explicit Handler(Service& service) : service_(service) {}
    std::size_t max_body() const noexcept override { return 100; }
    std::optional<http::Response> refusal(const http::Request& head, bool has_body) const override {
      if (!has_body || head.path() != "/refused") return std::nullopt;
      return http::Response::text(415, "refused");
    }
    void add_headers(http::Response& refusal) const override { refusal.headers.emplace_back("x-route", "yes"); }
    Decision serve(const http::Request& request, Exchange& exchange) override {
      return service_.serve(request, exchange);
    }

   private:
    Service& service_;
  };

  RequestHandler::Decision serve(const http::Request& request, Exchange& exchange) {
    if (request.path() == "/later") return make_answerer(exchange);
    if (request.path() == "/throws") throw std::runtime_error("boom");
    if (request.path() == "/body") return Answer(StreamedResponse{{}, make_body()});
    if (request.path() == "/stream") return Answer(StreamedResponse{{}, std::make_unique<SilentBody>(10)});
    if (request.path() == "/large") return Answer(StreamedResponse{{}, std::make_unique<SilentBody>(8 << 20)});
    if (request.path() == "/bytes")
      return Answer(http::Response::text(200, std::string(std::stoul(std::string(request.query())), 'x')));
    if (request.path() == "/socket") {
      Upgrade upgrade;
      upgrade.handler = std::make_unique<SilentHandler>();
      upgrade.options.idle_timeout = std::chrono::seconds(60);
      return Answer(std::move(upgrade));
    }
    return Answer(http::Response::text(200, "ok"));
  }
};

/// An HTTP connection in virtual time, over a real pair of sockets.
class HttpSessionTest : public testing::Test {
 protected:
  HttpSessionTest() {
    loop.run_ready();  // it is this thread's
    service.make_body = [this] { return std::make_unique<WrittenBody>(body); };
    connect();
  }
  ~HttpSessionTest() override { close(); }

  /// In place of the connection that there was.
  void connect() {
    close();
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) != 0)
      throw std::system_error(errno, std::generic_category());
    client_ = pair[0];
    auto connection = std::make_unique<net::Connection>(loop, pair[1], net::Address(), net::OutLimits{});
    auto session = std::make_unique<HttpSession>(sessions, std::move(connection), service, inflater, options);
    HttpSession& started = *session;
    sessions.add(std::move(session));
    started.start();
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
  /// All that comes, while there is more.
  std::string read_all() {
    std::string text;
    for (std::string more = read(); !more.empty(); more = read()) {
      text += more;
      if (more.ends_with("(closed)")) break;
      loop.run_ready();
    }
    return text;
  }
  void close() {
    if (client_ < 0) return;
    ::close(std::exchange(client_, -1));
    loop.run_ready();
  }
  void shutdown_write() { ::shutdown(client_, SHUT_WR); }
  void advance(net::Duration time) { clock.advance(loop, time); }

  BodySink* body = nullptr;  // of the answer to "/body"
  net::VirtualClock clock;
  net::Loop loop{clock};
  Service service;
  HttpOptions options;
  ws::Inflater inflater;
  Sessions sessions{loop};

 private:
  int client_ = -1;
};

}  // namespace suzaku::transport

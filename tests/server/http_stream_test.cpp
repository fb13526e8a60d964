// Answers that are sent in parts.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::HttpRequest;
using server::HttpResponse;
using server::HttpResult;
using server::HttpStream;

std::string request(const std::string& method = "GET", const std::string& version = "1.1") {
  return method + " /stream HTTP/" + version + "\r\nHost: x\r\n\r\n";
}

/// GET /stream is answered by `handler`, or keeps its stream for the test.
class StreamTest : public ServerTest {
 protected:
  void serve_stream(server::HttpHandler handler = {}) {
    if (!handler)
      handler = [this](const HttpRequest& asked) -> HttpResult {
        const HttpStream stream = asked.stream({.content_type = "text/event-stream"}, events());
        const std::lock_guard lock(mutex_);
        streams_.push_back(stream);
        return stream;
      };
    serve([&](server::Endpoint& endpoint) {
      endpoint.get("/stream", handler);
      endpoint.get("/now", [](const HttpRequest&) { return HttpResponse{.body = "now"}; });
    });
  }
  server::HttpStreamEvents events() {
    return {.on_room = [this](const HttpStream&) { notes.add("room"); }, .on_close = [this] { notes.add("closed"); }};
  }
  HttpStream stream() {
    await(
        [&] {
          const std::lock_guard lock(mutex_);
          return !streams_.empty();
        },
        "request");
    const std::lock_guard lock(mutex_);
    return streams_.back();
  }

 private:
  std::mutex mutex_;
  std::vector<HttpStream> streams_;
};

TEST_F(StreamTest, is_sent_in_chunks_and_the_connection_goes_on) {
  serve_stream();
  TcpClient client(port());
  client.write(request() + "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_NE(head.find("\r\ntransfer-encoding: chunked\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\r\ncontent-type: text/event-stream\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("content-length"), std::string::npos) << head;
  const HttpStream body = stream();
  std::thread([&] {
    EXPECT_TRUE(body.write("data: 1\n\n"));
    EXPECT_TRUE(body.write(""));
    EXPECT_TRUE(body.write(std::string(17, 'x')));
    body.end();
  }).join();
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "9\r\ndata: 1\n\n\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
  EXPECT_NE(client.read_until("now").find("HTTP/1.1 200 OK"), std::string::npos);
  await([&] { return !body.is_open(); }, "end of the body");
  EXPECT_FALSE(body.write("more"));
  EXPECT_EQ(notes.all(), std::vector<std::string>{"room"});
}

TEST_F(StreamTest, may_be_written_and_ended_within_the_handler) {
  serve_stream([](const HttpRequest& asked) -> HttpResult {
    const HttpStream body = asked.stream({.status = 202});
    body.write("all");
    body.end();
    return body;
  });
  TcpClient client(port());
  client.write(request());
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 202 "));
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "3\r\nall\r\n0\r\n\r\n");
}

TEST_F(StreamTest, ends_with_the_connection_for_http_1_0) {
  serve_stream();
  TcpClient client(port());
  client.write(request("GET", "1.0"));
  EXPECT_EQ(client.read_until("\r\n\r\n").find("chunked"), std::string::npos);
  stream().write("plain");
  stream().end();
  EXPECT_EQ(client.read_to_end(), "plain");
}

TEST_F(StreamTest, has_no_body_for_head) {
  serve_stream();
  TcpClient client(port());
  client.write(request("HEAD") + "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("\r\n\r\n");
  notes.expect({"closed"});
  EXPECT_FALSE(stream().write("unwanted"));
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 OK"));
}

TEST_F(StreamTest, learns_that_its_client_has_gone) {
  serve_stream();
  {
    TcpClient client(port());
    client.write(request());
    client.read_until("\r\n\r\n");
  }  // closed, without a reset
  notes.expect({"room", "closed"});
  EXPECT_FALSE(stream().is_open());
  EXPECT_EQ(stream().room(), 0u);
}

TEST_F(StreamTest, learns_that_a_client_has_gone_that_had_asked_for_more) {
  serve_stream();
  {
    TcpClient client(port());
    client.write(request() + "G");
    client.read_until("\r\n\r\n");
  }
  notes.expect({"room", "closed"});
}

TEST_F(StreamTest, is_the_last_answer_when_too_much_is_asked_for_meanwhile) {
  serve_stream();
  TcpClient client(port());
  client.write(request() + std::string(9000, 'x'));
  client.read_until("\r\n\r\n");
  const HttpStream body = stream();
  body.write("all");
  body.end();
  EXPECT_EQ(client.read_to_end(), "3\r\nall\r\n0\r\n\r\n");
}

TEST_F(StreamTest, tells_of_room_to_who_writes_from_another_thread) {
  serve_stream();
  TcpClient client(port());
  client.write(request());
  const HttpStream body = stream();
  notes.expect({"room"});
  body.write(std::string(40'000, 'x'));
  while (body.room() > 0) body.write(std::string(10'000, 'x'));
  notes.expect({"room", "room"});
  EXPECT_GT(body.room(), 0u);
}

TEST_F(StreamTest, without_a_body_is_an_answer_without_one) {
  serve_stream([](const HttpRequest& asked) -> HttpResult { return asked.stream({.status = 204}); });
  TcpClient client(port());
  client.write(request() + "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 204 ")) << head;
  EXPECT_EQ(head.find("transfer-encoding"), std::string::npos) << head;
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 "));
}

TEST_F(StreamTest, is_broken_off_by_a_callback_that_throws) {
  serve_stream([](const HttpRequest& asked) -> HttpResult {
    return asked.stream({}, {.on_room = [](const HttpStream& body) {
                          body.write("part");
                          throw std::runtime_error("boom");
                        }});
  });
  TcpClient client(port());
  client.write(request());
  EXPECT_EQ(client.read_to_end().find("0\r\n\r\n"), std::string::npos) << "the client must not take it for whole";
}

TEST_F(StreamTest, is_written_as_there_is_room) {
  constexpr std::size_t kAll = 32 * kMegabyte;
  constexpr std::size_t kRoom = 128 * 1024;
  endpoint_options.max_queued_bytes = 2 * kRoom;  // more would end the connection
  std::atomic<std::size_t> sent = 0;
  std::atomic<std::size_t> least_room = kRoom;
  serve_stream([&](const HttpRequest& asked) -> HttpResult {
    return asked.stream({}, {.on_room = [&](const HttpStream& body) {
                          for (std::size_t room = body.room(); room > 0; room = body.room()) {
                            least_room = std::min<std::size_t>(least_room, room);
                            const std::size_t size = std::min<std::size_t>({room, 16 * 1024, kAll - sent});
                            if (size == 0) return body.end();
                            body.write(std::string(size, 'x'));
                            sent += size;
                          }
                        }});
  });
  TcpClient client(port());
  client.write("GET /stream HTTP/1.0\r\nHost: x\r\n\r\n");
  await([&] { return sent > kRoom; }, "first part");
  std::string body = client.read_to_end();
  body.erase(0, body.find("\r\n\r\n") + 4);
  EXPECT_EQ(body.size(), kAll);
  EXPECT_GE(least_room, kRoom / 2);
}

TEST_F(StreamTest, that_ignores_room_ends_a_slow_reader) {
  endpoint_options.max_queued_bytes = kMegabyte;
  serve_stream();
  TcpClient client(port());
  client.write(request());
  const HttpStream body = stream();
  for (int i = 0; i < 10'000 && body.is_open(); ++i) body.write(std::string(64 * 1024, 'x'));
  await([&] { return notes.all().back() == "closed"; }, "end of the connection");
}

TEST_F(StreamTest, without_a_reader_ends_after_a_while) {
  endpoint_options.keep_alive_timeout = 100ms;
  serve_stream([&](const HttpRequest& asked) -> HttpResult {
    auto told = events();
    told.on_room = [](const HttpStream& body) {
      while (body.room() > 0) body.write(std::string(64 * 1024, 'x'));
    };
    return asked.stream({}, std::move(told));
  });
  TcpClient client(port());
  client.write(request());
  notes.expect({"closed"});
}

TEST_F(StreamTest, that_waits_for_news_outlasts_the_keep_alive_timeout) {
  endpoint_options.keep_alive_timeout = 20ms;
  serve_stream();
  TcpClient client(port());
  client.write(request());
  client.read_until("\r\n\r\n");
  EXPECT_TRUE(client.stays_silent(100ms));
  stream().write("news");
  EXPECT_EQ(client.read_until("news\r\n"), "4\r\nnews\r\n");
}

TEST_F(StreamTest, a_drain_asks_it_to_end) {
  serve_stream([](const HttpRequest& asked) -> HttpResult {
    return asked.stream({}, {.on_drain = [](const HttpStream& body) {
                          body.write("bye");
                          body.end();
                        }});
  });
  TcpClient client(port());
  client.write(request());
  client.read_until("\r\n\r\n");
  std::thread draining([&] { endpoint().drain(); });
  EXPECT_EQ(client.read_to_end(), "3\r\nbye\r\n0\r\n\r\n");
  client.reset();
  draining.join();
}

TEST_F(StreamTest, a_drain_cuts_one_off_that_does_not_end) {
  endpoint_options.drain.deadline = 100ms;
  serve_stream();
  TcpClient client(port());
  client.write(request());
  client.read_until("\r\n\r\n");
  endpoint().drain();
  notes.expect({"room", "closed"});
  EXPECT_EQ(client.read_to_end(), "");
}

}  // namespace
}  // namespace suzaku::test

// Plain HTTP: what every answer says of its body, and clients that ask faster than they read.

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;

class HttpTest : public ServerTest {
 protected:
  /// The answers to these bytes, up to the server's end of the connection.
  std::string answer(const std::string& request) {
    TcpClient client(port());
    client.write(request);
    client.shutdown_write();
    return client.read_to_end();
  }
  static std::string get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }
};

class Throwing : public server::UserSocket {
  server::ConnectResult connect(const server::ConnectInfo&) override { throw std::runtime_error("boom"); }
};
class Refusing : public server::UserSocket {
  server::ConnectResult connect(const server::ConnectInfo&) override { return refuse(429, "<b>later</b>"); }
};

TEST_F(HttpTest, every_answer_says_what_its_body_is) {
  endpoint_options.request_timeout = 200ms;
  serve([](server::Endpoint& endpoint) {
    endpoint.socket<Throwing>("/throwing");
    endpoint.socket<Refusing>("/refusing");
    endpoint.get("/page", [](const server::HttpRequest&) { return server::HttpResponse{.body = "fine"}; });
  });
  const std::pair<std::string, std::string> table[] = {
      {get("/page"), "200"},
      {get("/nothing"), "404"},
      {"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", "405"},
      {"POST /socket/websocket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", "400"},
      {get("/socket/websocket?<script>alert(1)</script>=%ff"), "400"},
      {get("/socket/websocket", "Connection: <script>\r\n"), "400"},
      {get("/socket/websocket?vsn=9.0.0"), "403"},
      {get("/socket/websocket", "Origin: http://evil.com\r\n"), "403"},
      {get("/refusing/websocket"), "429"},
      {get("/throwing/websocket"), "500"},
      {"no HTTP\r\n\r\n", "400"},
      {"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n", "413"},
      {get("/" + std::string(9000, 'x')), "414"},
      {get("/", "X-Long: " + std::string(9000, 'x') + "\r\n"), "431"},
      {"POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
      {"GET / HTTP/3.0\r\n\r\n", "505"},
  };
  const auto check = [](const std::string& answer, const std::string& status) {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status + " ")) << answer;
    EXPECT_NE(answer.find("\r\ncontent-type: text/plain; charset=utf-8\r\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find("\r\nx-content-type-options: nosniff\r\n"), std::string::npos) << answer;
  };
  for (const auto& [request, status] : table) check(answer(request), status);
  TcpClient slow(port());
  slow.write("GET /");
  check(slow.read_to_end(), "408");
}

TEST_F(HttpTest, requests_that_come_before_the_answers_are_read_are_all_answered) {
  constexpr int kCount = 3000;
  const std::string filler(30'000, 'x');  // 90 MB of answers, and 256 KB may wait
  endpoint_options.max_queued_bytes = kMegabyte;
  endpoint_options.loops = 1;
  std::atomic<int> served{0};
  std::latch go(1);
  serve([&](server::Endpoint& endpoint) {
    endpoint.get("/n", [&](const server::HttpRequest& request) {
      if (++served == 1) go.wait();
      return server::HttpResponse{.body = "<" + std::string(request.query) + ">" + filler};
    });
  });
  std::string requests;
  for (int i = 1; i < kCount; ++i) requests += get("/n?" + std::to_string(i));
  requests += get("/nothing", "Connection: close\r\n");
  TcpClient client(port());
  client.write(get("/n?0"));
  await([&] { return served == 1; }, "the first request");
  constexpr std::size_t kOneRead = 60'000;  // requests of 45 bytes that reach the server at once
  client.write(requests.substr(0, kOneRead));
  go.count_down();
  auto asking = std::async(std::launch::async, [&] { client.write(requests.substr(kOneRead)); });
  WebSocketClient other = connect();
  for (int i = 0; i < 20; ++i) expect_nothing_waits(other);
  EXPECT_LT(served, 700) << "the system holds some 10 MB of answers, and the server must not hold the rest";

  const std::string answers = client.read_to_end();
  asking.get();
  std::size_t at = 0;
  for (int i = 0; i < kCount; ++i) {
    at = answers.find("<" + std::to_string(i) + ">", at);
    ASSERT_NE(at, std::string::npos) << "answer " << i;
  }
  EXPECT_TRUE(answers.ends_with("\r\n\r\nnot found\n"));
}

TEST_F(HttpTest, an_upgrade_may_follow_answers_that_have_not_been_read) {
  endpoint_options.max_queued_bytes = 64 * 1024;
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/large",
                 [](const server::HttpRequest&) { return server::HttpResponse{.body = std::string(kMegabyte, 'x')}; });
  });
  TcpClient client(port());
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += get("/large");
  requests += get("/socket/websocket?vsn=2.0.0",
                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Version: 13\r\n");
  const std::string heartbeat = R"([null,"1","phoenix","heartbeat",{}])";
  client.write(requests + std::string("\x81") + static_cast<char>(0x80 | heartbeat.size()) + std::string(4, '\0') +
               heartbeat);
  EXPECT_GT(client.read_until("HTTP/1.1 101 ").size(), 20 * kMegabyte);
  EXPECT_NE(client.read_until("}}]").find(R"([null,"1","phoenix","phx_reply",)"), std::string::npos);
}

TEST_F(HttpTest, a_client_that_sends_no_more_gets_the_whole_of_a_large_answer) {
  constexpr std::size_t kSize = 20 * kMegabyte;
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/large",
                 [](const server::HttpRequest&) { return server::HttpResponse{.body = std::string(kSize, 'x')}; });
  });
  for (const std::string headers : {"", "Connection: close\r\n"})
    EXPECT_GT(answer(get("/large", headers)).size(), kSize);
}

TEST_F(HttpTest, a_client_that_reads_slowly_gets_the_whole_of_its_answers) {
  constexpr std::size_t kSize = 20 * kMegabyte;
  endpoint_options.keep_alive_timeout = 200ms;
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/large",
                 [](const server::HttpRequest&) { return server::HttpResponse{.body = std::string(kSize, 'x')}; });
  });
  TcpClient client(port());
  client.write(get("/large") + get("/large"));  // the second waits until most of the first has gone out
  const auto begun = std::chrono::steady_clock::now();
  std::size_t got = 0;
  for (std::string more = client.read_some(); !more.empty(); more = client.read_some()) {
    got += more.size();
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_GT(got, 2 * kSize);
  EXPECT_GT(std::chrono::steady_clock::now() - begun, endpoint_options.keep_alive_timeout);
}

TEST_F(HttpTest, a_client_that_reads_no_answer_at_all_is_gone_after_a_while) {
  endpoint_options.loops = 1;
  endpoint_options.max_connections = 1;
  endpoint_options.keep_alive_timeout = 50ms;
  std::atomic<int> served{0};
  serve([&](server::Endpoint& endpoint) {
    endpoint.get("/large", [&](const server::HttpRequest&) {
      ++served;
      return server::HttpResponse{.body = std::string(20 * kMegabyte, 'x')};
    });
  });
  TcpClient client(port());
  client.write(get("/large") + get("/large"));
  await([&] { return served == 1; }, "the request");
  const auto is_let_in = [&] {
    try {
      return connect().status() == 101;
    } catch (const std::runtime_error&) {  // closed at once: the other connection is still there
      return false;
    }
  };
  await(is_let_in, "room for another connection");
  EXPECT_EQ(served, 1);
}

}  // namespace
}  // namespace suzaku::test

// Connects that are answered later.

#include <mutex>
#include <thread>
#include <vector>

#include "server_test.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::ConnectAnswer;

struct Waiting {
  std::mutex mutex;
  std::vector<ConnectAnswer> answers;
};

/// Keeps the answer for the test; its id is what the answer assigns.
class LateSocket final : public server::UserSocket {
 public:
  explicit LateSocket(Waiting& waiting) : waiting_(waiting) {}
  ConnectResult connect(const ConnectInfo& info) override {
    if (info.param("forged")) return {.is_later = true};
    const ConnectAnswer answer = later();
    const std::lock_guard lock(waiting_.mutex);
    waiting_.answers.push_back(answer);
    return answer;
  }
  std::string id() const override {
    const auto* user = assigns().get<std::string>("user");
    return user ? "user:" + *user : "";
  }

 private:
  Waiting& waiting_;
};

class LateConnectTest : public ServerTest {
 protected:
  LateConnectTest() {
    socket_factory = [this] { return std::make_unique<LateSocket>(waiting_); };
  }
  ConnectAnswer answer() {
    await(
        [&] {
          const std::lock_guard lock(waiting_.mutex);
          return !waiting_.answers.empty();
        },
        "connect");
    const std::lock_guard lock(waiting_.mutex);
    return waiting_.answers.front();
  }
  static std::string request(const std::string& target = kTarget) {
    return "GET " + target +
           " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

 private:
  Waiting waiting_;
};

TEST_F(LateConnectTest, is_accepted_from_another_thread) {
  serve();
  std::thread accepting([&] {
    server::Assigns assigns;
    assigns.set("user", std::string("ada"));
    answer().accept(assigns);
  });
  WebSocketClient client = connect();
  accepting.join();
  EXPECT_EQ(client.status(), 101);
  client.join("room:a");
  endpoint().disconnect("user:ada");
  EXPECT_EQ(client.next_close(), 1001);
}

TEST_F(LateConnectTest, is_refused_later) {
  serve();
  std::thread refusing([&] { answer().refuse(429, "later"); });
  WebSocketClient client = connect();
  refusing.join();
  EXPECT_EQ(client.status(), 429);
  EXPECT_EQ(client.body(), "later");
}

TEST_F(LateConnectTest, frames_that_came_early_are_read_after_it) {
  serve();
  TcpClient client(port());
  const SharedBytes frame =
      ws::make_masked_frame(ws::Opcode::text, R"([null,"7","phoenix","heartbeat",{}])", {}, false);
  client.write(request() + std::string(frame.view()));
  answer().accept();
  client.read_until("\r\n\r\n");
  EXPECT_NE(client.read_until("}]").find(R"("7","phoenix","phx_reply")"), std::string::npos);
}

TEST_F(LateConnectTest, only_the_first_answer_counts) {
  serve();
  TcpClient client(port());
  client.write(request());
  const ConnectAnswer late = answer();
  late.refuse(403);
  late.accept();
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 403 "));
}

TEST_F(LateConnectTest, is_refused_with_503_when_its_time_is_up) {
  endpoint_options.request_timeout = 50ms;
  serve();
  WebSocketClient client = connect();
  EXPECT_EQ(client.status(), 503);
  answer().accept();  // nothing happens
}

TEST_F(LateConnectTest, does_nothing_when_the_client_has_gone) {
  serve();
  {
    TcpClient client(port());
    client.write(request());
    answer();
    client.reset();
  }
  answer().accept();
  await([&] { return endpoint().stats().sockets == 0; }, "end of the socket");
}

TEST_F(LateConnectTest, of_a_client_that_sends_no_more_is_still_answered) {
  serve();
  TcpClient client(port());
  client.write(request());
  answer();
  client.shutdown_write();
  answer().refuse(403, "no");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 403 "));
}

TEST_F(LateConnectTest, says_what_is_wrong_when_nobody_can_answer_it) {
  serve();
  WebSocketClient client = connect(kTarget + "&forged=1");
  EXPECT_EQ(client.status(), 500);
}

TEST_F(LateConnectTest, a_drain_answers_it_with_503) {
  serve();
  TcpClient client(port());
  client.write(request());
  const ConnectAnswer late = answer();
  std::thread draining([&] { endpoint().drain(); });
  await([&] { return !endpoint().is_ready(); }, "drain");
  std::string read;
  std::thread reading([&] { read = client.read_to_end(); });
  late.accept();
  reading.join();
  client.reset();
  draining.join();
  EXPECT_TRUE(read.starts_with("HTTP/1.1 503 ") || read.starts_with("HTTP/1.1 101 ")) << read;
}

}  // namespace
}  // namespace suzaku::test

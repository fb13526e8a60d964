// How a server ends: drained, destroyed, killed; and what takes its place.

#include <array>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// The conformance server as a process of its own.
class ServerProcess {
 public:
  explicit ServerProcess(std::uint16_t port = 0) {
    std::array<int, 2> out{};
    if (::pipe(out.data()) != 0) throw std::runtime_error("pipe");
    const std::string port_text = std::to_string(port);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(out[1], STDERR_FILENO);
      ::close(out[0]);
      ::close(out[1]);
      ::execl(SUZAKU_CONFORMANCE_SERVER, "conformance_server", "--port", port_text.c_str(), "--loops", "2", nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    output_ = ::fdopen(out[0], "r");
    std::array<char, 4096> line{};
    while (std::fgets(line.data(), line.size(), output_)) {
      said += line.data();
      unsigned number = 0;
      if (std::sscanf(line.data(), "listening on port %u", &number) == 1) {
        port_ = static_cast<std::uint16_t>(number);
        return;
      }
    }
  }
  ~ServerProcess() {
    if (pid_ > 0) {
      signal(SIGKILL);
      (void)wait();
    }
    std::fclose(output_);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const { return port_; }
  void signal(int number) const { ::kill(pid_, number); }
  /// The exit status, or minus the signal that killed it.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  std::string said;  // until it listened, or ended

 private:
  pid_t pid_ = -1;
  std::FILE* output_ = nullptr;
  std::uint16_t port_ = 0;
};

TEST(ServerProcessTest, sigterm_closes_sockets_with_1012_and_exits_with_0) {
  for (const int number : {SIGTERM, SIGINT}) {
    ServerProcess server;
    WebSocketClient client(server.port());
    client.join("room:a");
    WebSocketClient without_channel(server.port());
    server.signal(number);
    EXPECT_EQ(client.next_close(), 1012);
    EXPECT_EQ(without_channel.next_close(), 1012);
    EXPECT_THROW(TcpClient(server.port()), std::runtime_error) << "it listens no more";
    EXPECT_EQ(client.next().kind, Received::Kind::eof);
    EXPECT_EQ(without_channel.next().kind, Received::Kind::eof);
    client.tcp().reset();
    without_channel.tcp().reset();
    EXPECT_EQ(server.wait(), 0);
  }
}

TEST(ServerProcessTest, a_second_signal_ends_it_at_once) {
  ServerProcess server;
  WebSocketClient client(server.port());
  server.signal(SIGTERM);
  EXPECT_EQ(client.next_close(), 1012);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), -SIGTERM);
}

TEST(ServerProcessTest, after_a_kill_another_takes_the_port_at_once) {
  std::uint16_t port = 0;
  std::vector<WebSocketClient> clients;
  for (int round = 0; round < 3; ++round) {
    ServerProcess server(port);
    ASSERT_NE(server.port(), 0) << server.said;
    port = server.port();
    for (int i = 0; i < 20; ++i) clients.emplace_back(port).join("room:a");
    server.signal(SIGKILL);
    EXPECT_EQ(server.wait(), -SIGKILL);
  }
}

TEST(ServerProcessTest, a_second_one_on_the_port_says_so_and_fails) {
  ServerProcess server;
  ServerProcess second(server.port());
  EXPECT_EQ(second.port(), 0);
  EXPECT_EQ(second.wait(), 1);
  EXPECT_NE(second.said.find("port " + std::to_string(server.port()) + ": Address already in use"), std::string::npos)
      << second.said;
  WebSocketClient(server.port()).join("room:a");
}

class DrainTest : public ServerTest {
 protected:
  DrainTest() {
    script.terminate = [this](ScriptedChannel&, server::TerminateReason reason) { notes.add(name_of(reason)); };
  }
};

TEST_F(DrainTest, channels_learn_that_the_server_drains) {
  serve();
  EXPECT_TRUE(endpoint().is_ready());
  WebSocketClient client = joined("room:a");
  client.join("room:b");
  std::thread draining([this] { endpoint().drain(); });
  EXPECT_EQ(client.next_close(), 1012);
  EXPECT_FALSE(endpoint().is_ready());
  EXPECT_EQ(client.next().kind, Received::Kind::eof);
  client.tcp().reset();
  draining.join();
  notes.expect({"draining", "draining"});
  EXPECT_EQ(endpoint().stats().sockets, 0u);
  endpoint().drain();
  endpoint().broadcast("room:a", "nobody");
}

TEST_F(DrainTest, a_client_that_never_answers_holds_it_up_until_the_deadline_only) {
  endpoint_options.drain.deadline = 300ms;
  serve();
  WebSocketClient client = joined("room:a");
  const auto begun = Clock::now();
  endpoint().drain();
  EXPECT_GE(Clock::now() - begun, 300ms);
  EXPECT_LT(Clock::now() - begun, 5s);
  EXPECT_EQ(client.next_close(), 1012);
}

TEST_F(DrainTest, an_http_connection_is_closed_between_requests) {
  serve();
  TcpClient idle(port());
  idle.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_until("not found\n");
  std::thread draining([this] { endpoint().drain(); });
  EXPECT_EQ(idle.read_to_end(), "");
  idle.reset();
  draining.join();
}

TEST_F(DrainTest, connections_are_told_in_batches) {
  endpoint_options.loops = 1;
  endpoint_options.drain = {.batch_size = 2, .batch_interval = 200ms, .deadline = 10s};
  serve();
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(joined("room:a"));
  const auto begun = Clock::now();
  std::thread draining([this] { endpoint().drain(); });
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i].next_close(), 1012);
    EXPECT_GE(Clock::now() - begun, i / 2 * 190ms) << i;
    EXPECT_EQ(clients[i].next().kind, Received::Kind::eof);
    clients[i].tcp().reset();
  }
  draining.join();
}

TEST_F(DrainTest, an_endpoint_may_be_destroyed_with_connections_open) {
  serve();
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(joined("room:a"));
  TcpClient silent(port());
  TcpClient half(port());
  half.write("GET /");
  TearDown();
  for (WebSocketClient& client : clients) {
    EXPECT_EQ(client.next_close(), 1012);
    EXPECT_EQ(client.next().kind, Received::Kind::eof);
  }
  notes.expect(std::vector<std::string>(10, "draining"));
}

TEST_F(DrainTest, an_endpoint_may_be_destroyed_amid_traffic) {
  serve();
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(joined("room:a"));
  std::vector<std::thread> talking;
  for (WebSocketClient& client : clients)
    talking.emplace_back([&client] {
      try {
        while (true) {
          client.push("1", "2", "room:a", "ev");
          if (client.next().kind != Received::Kind::text) return;
        }
      } catch (const std::runtime_error&) {  // the server is gone
      }
    });
  for (int i = 0; i < 200; ++i) endpoint().broadcast("room:a", "n");
  TearDown();
  for (std::thread& thread : talking) thread.join();
}

TEST_F(DrainTest, an_endpoint_that_was_never_started_ends_too) {
  server::Endpoint endpoint(options());
  endpoint.socket("/socket");
  EXPECT_FALSE(endpoint.is_ready());
  endpoint.drain();
}

TEST_F(DrainTest, a_taken_port_fails_with_a_message) {
  serve();
  server::EndpointOptions same = options();
  same.port = port();
  server::Endpoint second(same);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("Address already in use"), std::string::npos) << started.error().message;
  EXPECT_EQ(connect().status(), 101);
}

}  // namespace
}  // namespace suzaku::test

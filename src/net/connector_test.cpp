#include "net/connector.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/loop_thread.hpp"
#include "net/port.hpp"
#include "support/client.hpp"

namespace suzaku::net {
namespace {

using namespace std::chrono_literals;
using test::Port;
using Kind = ConnectFailure::Kind;

class ConnectorTest : public ::testing::Test {
 protected:
  /// Connects and waits for the result; closes the socket when the test ends.
  Connector::Result connect(ConnectOptions options) {
    test::LoopThread thread;
    std::promise<Connector::Result> done;
    std::unique_ptr<Connector> connector;
    thread.run([&] {
      connector = std::make_unique<Connector>(thread.loop(), std::move(options),
                                              [&](Connector::Result result) { done.set_value(std::move(result)); });
    });
    auto result = done.get_future();
    if (result.wait_for(suzaku::test::TcpClient::kPatience) != std::future_status::ready)
      throw std::runtime_error("the connector never ended");
    thread.run([&] { connector.reset(); });
    auto made = result.get();
    if (made) sockets_.push_back(made->socket);
    return made;
  }
  ~ConnectorTest() override {
    for (const int socket : sockets_) ::close(socket);
  }
  std::vector<int> sockets_;
};

int option(int socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(socket, level, name, &value, &size);
  return value;
}

::testing::AssertionResult contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "no \"" << part << "\" in: " << text;
}

TEST_F(ConnectorTest, connects_to_addresses_of_both_families) {
  for (const char* host : {"127.0.0.1", "::1"}) {
    const Port port(host);
    const auto made = connect({.host = host, .port = port.number()});
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_EQ(made->peer.host(), host);
    EXPECT_EQ(made->peer.port(), port.number());
  }
}

TEST_F(ConnectorTest, asks_the_system_for_what_is_not_an_address) {
  const Port port("127.0.0.1");
  const auto made = connect({.host = "127.1", .port = port.number()});  // the system's resolver knows it without a DNS
  ASSERT_TRUE(made) << made.error().text;
  EXPECT_EQ(made->peer.host(), "127.0.0.1");
}

TEST_F(ConnectorTest, localhost_is_found_with_one_family_alone) {
  for (const char* host : {"127.0.0.1", "::1"}) {
    const Port port(host);
    for (const char* name : {"localhost", "LocalHost.", "app.localhost"}) {
      const auto made = connect({.host = name, .port = port.number(), .attempt_delay = 1h});
      ASSERT_TRUE(made) << made.error().text;
      EXPECT_EQ(made->peer.host(), host);
    }
  }
}

TEST_F(ConnectorTest, sockets_are_ready_for_use) {
  const Port port("127.0.0.1");
  const auto made = connect({.host = "127.0.0.1", .port = port.number(), .user_timeout = 7s});
  ASSERT_TRUE(made);
  EXPECT_NE(::fcntl(made->socket, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(made->socket, F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(option(made->socket, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(made->socket, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option(made->socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 7000);
}

TEST_F(ConnectorTest, a_refusal_names_the_address_and_what_to_look_at) {
  Port port("127.0.0.1");
  port.close();
  const auto made = connect({.host = "127.0.0.1", .port = port.number()});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Kind::connect_failed);
  EXPECT_TRUE(contains(made.error().text, "cannot connect to 127.0.0.1 port " + std::to_string(port.number())));
  EXPECT_TRUE(contains(made.error().text, "127.0.0.1: Connection refused; nothing listens on this port"));
}

TEST_F(ConnectorTest, fails_when_all_addresses_have_and_names_them_all) {
  Port port("127.0.0.1");
  port.close();
  const auto made = connect({.host = "localhost", .port = port.number(), .attempt_delay = 1h});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Kind::connect_failed);
  EXPECT_TRUE(contains(made.error().text, "::1: Connection refused, 127.0.0.1: Connection refused"));
}

TEST_F(ConnectorTest, the_next_address_is_tried_while_the_first_keeps_silent) {
  Port silent("::1", 0, 0);
  silent.fall_silent();
  const Port alive("127.0.0.1", silent.number());
  const auto made = connect({.host = "localhost", .port = silent.number(), .attempt_delay = 20ms});
  ASSERT_TRUE(made) << made.error().text;
  EXPECT_EQ(made->peer.host(), "127.0.0.1");
}

TEST_F(ConnectorTest, a_refusal_by_the_last_address_leaves_the_first_its_time) {
  Port silent("::1", 0, 0);
  silent.fall_silent();
  const auto made = connect({.host = "localhost", .port = silent.number(), .timeout = 100ms, .attempt_delay = 1ms});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Kind::timed_out);
  EXPECT_TRUE(contains(made.error().text, "within 100ms: 127.0.0.1: Connection refused, ::1: no answer"));
}

TEST_F(ConnectorTest, gives_up_on_silence) {
  Port silent("127.0.0.1", 0, 0);
  silent.fall_silent();
  const auto made = connect({.host = "127.0.0.1", .port = silent.number(), .timeout = 50ms});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Kind::timed_out);
  EXPECT_TRUE(contains(made.error().text, "within 50ms: 127.0.0.1: no answer; check the address"));
}

TEST_F(ConnectorTest, tells_when_there_is_no_such_host) {
  for (const std::string& host : {std::string("no such host"), std::string(), std::string("127.0.0.1\0x", 11)}) {
    const auto made = connect({.host = host, .port = 1});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, Kind::resolve_failed);
    EXPECT_TRUE(contains(made.error().text, "host"));
  }
}

TEST_F(ConnectorTest, many_may_be_under_way_at_once) {
  const Port alive("127.0.0.1", 0, 1000);
  test::LoopThread thread;
  constexpr int kCount = 100;
  std::vector<std::unique_ptr<Connector>> connectors;
  std::promise<void> all;
  int connected = 0;
  thread.run([&] {
    for (int i = 0; i < kCount; ++i) {
      connectors.push_back(std::make_unique<Connector>(thread.loop(),
                                                       ConnectOptions{.host = "localhost", .port = alive.number()},
                                                       [&](const Connector::Result& made) {
                                                         ASSERT_TRUE(made) << made.error().text;
                                                         ::close(made->socket);
                                                         if (++connected == kCount) all.set_value();
                                                       }));
    }
  });
  EXPECT_EQ(all.get_future().wait_for(suzaku::test::TcpClient::kPatience), std::future_status::ready);
  thread.run([&] { connectors.clear(); });
}

}  // namespace
}  // namespace suzaku::net

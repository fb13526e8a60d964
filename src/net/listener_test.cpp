#include "net/listener.hpp"

#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/loop_thread.hpp"
#include "support/client.hpp"

namespace suzaku::net {
namespace {

using suzaku::test::TcpClient;

TEST(Listener, the_system_chooses_the_port_when_none_is_given) {
  Loop loop;
  const auto listener = Listener::open(loop, "127.0.0.1", 0);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_NE((*listener)->port(), 0);
}

TEST(Listener, a_port_may_be_shared_by_the_loops_of_one_server) {
  Loop loop;
  const auto one = Listener::open(loop, "127.0.0.1", 0);
  ASSERT_TRUE(one);
  EXPECT_TRUE(Listener::open(loop, "127.0.0.1", (*one)->port()));
}

TEST(Listener, tells_when_another_program_has_the_port) {
  Loop loop;
  const auto other = Listener::open(loop, "127.0.0.1", 0);
  ASSERT_TRUE(other);
  const std::uint16_t port = (*other)->port();
  const auto taken = Listener::check_free(loop, "127.0.0.1", port);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::busy);
  EXPECT_NE(taken.error().message.find("port " + std::to_string(port)), std::string::npos) << taken.error().message;
  EXPECT_NE(taken.error().message.find("choose another port"), std::string::npos) << taken.error().message;

  (*other)->close();
  EXPECT_TRUE(Listener::check_free(loop, "127.0.0.1", port));
}

TEST(Listener, tells_when_the_address_is_not_ours) {
  Loop loop;
  for (const char* host : {"192.0.2.1", "no such host"})
    EXPECT_EQ(Listener::open(loop, host, 0).error().code, ErrorCode::not_found) << host;
}

TEST(Listener, hands_over_connections_and_tells_where_they_come_from) {
  test::LoopThread thread;
  std::promise<Address> accepted;
  std::unique_ptr<Listener> listener;
  thread.run([&] {
    auto opened = Listener::open(thread.loop(), "::", 0);
    ASSERT_TRUE(opened) << opened.error().message;
    listener = *std::move(opened);
    listener->start([&](int socket, const Address& peer) {
      ::close(socket);
      accepted.set_value(peer);
    });
  });
  const std::uint16_t port = listener->port();
  TcpClient client(port, "127.0.0.1");  // "::" takes IPv4 too
  const Address peer = accepted.get_future().get();
  EXPECT_EQ(peer.host(), "127.0.0.1");
  EXPECT_NE(peer.port(), 0);
  EXPECT_EQ(client.read_to_end(), "");
  thread.run([&] { listener.reset(); });
  EXPECT_THROW(TcpClient(port, "127.0.0.1"), std::runtime_error);
}

}  // namespace
}  // namespace suzaku::net

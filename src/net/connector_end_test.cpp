// A connector that is destroyed calls nobody, at whatever stage it was.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/connector.hpp"
#include "net/loop_thread.hpp"
#include "net/port.hpp"
#include "support/client.hpp"

namespace suzaku::net {
namespace {

using namespace std::chrono_literals;
using test::Port;

/// How many files this process has open.
std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST(ConnectorEnd, can_be_cancelled_at_every_stage) {
  Port silent("127.0.0.1", 0, 0);
  silent.fall_silent();
  const Port alive("127.0.0.1");
  Port dead("127.0.0.1");
  dead.close();
  bool called = false;
  const std::ptrdiff_t descriptors = open_descriptors();
  {
    test::LoopThread thread;
    for (int turns = 0; turns < 6; ++turns) {
      for (const auto& [host, port] : {std::pair{"127.0.0.1", silent.number()},
                                       {"127.1", silent.number()},
                                       {"no such host", alive.number()},
                                       {"localhost", silent.number()}}) {
        std::unique_ptr<Connector> connector;
        const auto done = [&](const Connector::Result& result) { called = called || result || turns == 0; };
        thread.run([&, host = host, port = port] {
          connector = std::make_unique<Connector>(
              thread.loop(), ConnectOptions{.host = host, .port = port, .attempt_delay = 0ms}, done);
          if (turns == 0) connector.reset();  // before it has begun
        });
        for (int i = 1; i < turns; ++i) thread.settle();
        thread.run([&] { connector.reset(); });
      }
    }
  }
  EXPECT_FALSE(called);
  EXPECT_EQ(open_descriptors(), descriptors);
}

TEST(ConnectorEnd, nothing_is_called_after_its_end_even_when_the_result_was_near) {
  const Port alive("127.0.0.1", 0, 1000);
  Port dead("127.0.0.1");
  dead.close();
  test::LoopThread thread;
  for (int i = 0; i < 200; ++i) {
    bool ended = false;
    std::unique_ptr<Connector> connector;
    thread.run([&] {
      const ConnectOptions options{.host = i % 2 == 0 ? "127.0.0.1" : "127.1",
                                   .port = i % 3 == 0 ? dead.number() : alive.number()};
      connector = std::make_unique<Connector>(thread.loop(), options, [&](const Connector::Result& result) {
        EXPECT_FALSE(ended);
        if (result) ::close(result->socket);
      });
    });
    thread.run([&] {
      connector.reset();
      ended = true;
    });
    thread.settle();
  }
}

TEST(ConnectorEnd, its_time_out_ends_with_it) {
  bool called = false;
  test::LoopThread thread;
  std::promise<void> later;
  thread.run([&] {
    const ConnectOptions options{.host = "127.0.0.1", .port = 1, .timeout = 1ms};
    const Connector connector(thread.loop(), options, [&](const Connector::Result&) { called = true; });
    thread.loop().timers().after(1ms, [&] { later.set_value(); });  // timers fire in order
  });
  later.get_future().wait();
  EXPECT_FALSE(called);
}

TEST(ConnectorEnd, may_be_destroyed_in_its_own_callback) {
  const Port alive("127.0.0.1");
  Port dead("127.0.0.1");
  dead.close();
  test::LoopThread thread;
  for (const auto& [host, port] : {std::pair{"127.0.0.1", alive.number()},
                                   {"127.1", alive.number()},
                                   {"localhost", dead.number()},
                                   {"no such host", dead.number()},
                                   {"", dead.number()}}) {
    std::promise<void> done;
    std::unique_ptr<Connector> connector;
    thread.run([&, host = host, port = port] {
      connector = std::make_unique<Connector>(thread.loop(), ConnectOptions{.host = host, .port = port},
                                              [&](const Connector::Result& result) {
                                                if (result) ::close(result->socket);
                                                connector.reset();
                                                done.set_value();
                                              });
    });
    EXPECT_EQ(done.get_future().wait_for(suzaku::test::TcpClient::kPatience), std::future_status::ready);
    thread.settle();
  }
}

TEST(ConnectorEnd, one_may_end_another_that_has_succeeded_in_the_same_turn) {
  const Port alive("127.0.0.1");
  test::LoopThread thread;
  std::vector<std::unique_ptr<Connector>> connectors(2);
  std::promise<void> done;
  int called = 0;
  thread.run([&] {
    for (std::size_t i = 0; i < connectors.size(); ++i) {
      connectors[i] =
          std::make_unique<Connector>(thread.loop(), ConnectOptions{.host = "127.0.0.1", .port = alive.number()},
                                      [&, i](const Connector::Result& made) {
                                        ASSERT_TRUE(made) << made.error().text;
                                        ::close(made->socket);
                                        connectors[1 - i].reset();
                                        if (++called == 1) done.set_value();
                                      });
    }
  });
  EXPECT_EQ(done.get_future().wait_for(suzaku::test::TcpClient::kPatience), std::future_status::ready);
  thread.run([&] { connectors.clear(); });
  EXPECT_EQ(called, 1);
}

}  // namespace
}  // namespace suzaku::net

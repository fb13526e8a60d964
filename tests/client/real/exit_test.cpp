// A program that ends while a runtime, given up in one of its callbacks, is still ending.
#include <atomic>
#include <cstdlib>
#include <latch>
#include <memory>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "real.hpp"

namespace suzaku::client::real {
namespace {

[[noreturn]] void give_up_a_socket_and_exit() {
  static std::latch given_up(1);
  static std::latch ending(1);
  static std::atomic<bool> has_ended = false;
  static bool was_waited_for = false;
  std::atexit([] {  // last
    if (!was_waited_for) ::_exit(1);
  });
  static const ServerProcess server;
  SocketOptions options = quick_options();
  options.on_wire = [at_the_end = std::shared_ptr<void>(nullptr, [](void*) { has_ended = true; })](const WireEvent&) {};
  static std::unique_ptr<Socket> socket = std::make_unique<Socket>(server.url(), std::exchange(options, {}));
  socket->on_open([](const Socket::Opened&) {
    socket.reset();
    given_up.count_down();
    ending.wait();
  });
  std::atexit([] { was_waited_for = has_ended; });  // after what the program's end waits for
  socket->connect();
  given_up.wait();
  std::atexit([] { ending.count_down(); });  // before it
  std::exit(0);
}

TEST(ExitDeathTest, waits_for_a_runtime_that_is_ending) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(give_up_a_socket_and_exit(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace suzaku::client::real

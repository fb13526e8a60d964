// A program that ends while a runtime, given up in one of its callbacks, is still ending.
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <latch>
#include <memory>

#include <gtest/gtest.h>
#include <unistd.h>

#include "real.hpp"

namespace suzaku::client::real {
namespace {

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

[[noreturn]] void give_up_a_socket_and_exit() {
  static const auto threads_before = threads_of_this_process();
  static std::latch given_up(1);
  static std::latch ending(1);
  std::atexit([] {  // called last
    if (threads_of_this_process() > threads_before) ::_exit(1);
  });
  static const ServerProcess server;
  static std::unique_ptr<Socket> socket = std::make_unique<Socket>(server.url(), quick_options());
  socket->on_open([](const Socket::Opened&) {
    socket.reset();
    given_up.count_down();
    ending.wait();
  });
  socket->connect();
  given_up.wait();
  std::atexit([] { ending.count_down(); });  // called first
  std::exit(0);
}

TEST(ExitDeathTest, waits_for_a_runtime_that_is_ending) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(give_up_a_socket_and_exit(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace suzaku::client::real

// Everything at once from many threads, for ThreadSanitizer: whatever the results are, each operation ends, and at the
// end all works.
#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "real.hpp"

namespace suzaku::client::real {
namespace {

constexpr int kThreads = 6;
constexpr int kActions = 300;  // of each thread
constexpr int kRooms = 5;

/// A thread that does things at random to a socket that others use, too.
class Flapper {
 public:
  Flapper(Socket& socket, std::uint64_t seed, std::atomic<int>& ended)
      : socket_(socket), chance_(seed), ended_(ended) {}

  void run() {
    for (int i = 0; i < kActions; ++i) act();
    for (const auto binding : bindings_) room().off(binding);
  }
  int operations() const noexcept { return operations_; }

 private:
  Channel room() { return socket_.channel("room:" + std::to_string(below(kRooms))); }
  std::size_t below(std::size_t limit) { return chance_() % limit; }
  Push& watch(Push push) {
    ++operations_;
    push.then([&ended = ended_](const Reply&) { ++ended; });
    last_ = std::move(push);
    return *last_;
  }

  void act() {
    switch (below(16)) {
      case 0:
        watch(socket_.disconnect());
        [[fallthrough]];
      case 1:
        watch(socket_.connect());
        break;
      case 2:
        watch(room().leave());
        break;
      case 3:
      case 4:
        watch(room().join());
        break;
      case 5:
        bindings_.push_back(room().on("shout", [](const Message&) {}));
        break;
      case 6:
        if (!bindings_.empty()) room().off(bindings_[below(bindings_.size())]);
        break;
      case 7:
        room().off("shout");
        break;
      case 8:
        watch(room().push("echo")).cancel();
        break;
      case 9:
        watch(room().push("echo", {}, {.timeout = 1ms}));
        break;
      case 10:
        watch(socket_.ping());
        break;
      case 11:
        socket_.network_changed();
        socket_.metrics();
        break;
      case 12:
        socket_.dump_state();
        break;
      case 13: {
        EventStream events = room().events("*", 3);
        events.next().get_for(100us);
        break;
      }
      default:
        watch(room().push(below(2) == 0 ? "echo" : "shout", {},
                          {.resend = below(2) == 0 ? Resend::never : Resend::at_least_once}));
        break;
    }
  }

  Socket& socket_;
  std::mt19937_64 chance_;
  std::atomic<int>& ended_;
  int operations_ = 0;
  std::optional<Push> last_;
  std::vector<Channel::Binding> bindings_;
};

TEST(ManyThreads, may_do_anything_at_any_time) {
  ServerProcess server;
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::atomic<int> ended{0};
  Socket socket(server.url(), quick_options());
  std::vector<Flapper> flappers;
  for (int i = 0; i < kThreads; ++i) flappers.emplace_back(socket, seed + static_cast<std::uint64_t>(i), ended);
  std::vector<std::thread> threads;
  for (Flapper& flapper : flappers) threads.emplace_back([&flapper] { flapper.run(); });
  for (auto& thread : threads) thread.join();

  ok(socket.connect());
  for (int i = 0; i < kRooms; ++i) {
    Channel room = socket.channel("room:" + std::to_string(i));
    ok(room.join());
    ok(room.push("echo"));
  }
  int operations = 0;
  for (const Flapper& flapper : flappers) operations += flapper.operations();
  await([&] { return ended >= operations; });
  EXPECT_EQ(ended, operations);
  EXPECT_EQ(socket.metrics().channels, std::uint64_t{kRooms});
  EXPECT_EQ(socket.metrics().buffered, 0U);
}

TEST(ManyThreads, may_make_and_destroy_sockets_on_one_runtime) {
  ServerProcess server;
  Runtime runtime;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Socket socket(server.url(), quick_options(runtime));
        socket.connect();
        Channel room = socket.channel("room:" + std::to_string(t));
        room.join();
        const Push push = room.push("echo");
        if (i % 2 == 0) ok(push);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(ManyThreads, may_share_runtimes_that_end_while_callbacks_run) {
  ServerProcess server;
  for (int i = 0; i < 20; ++i) {
    std::vector<Push> pushes;
    {
      Runtime runtime;
      Socket socket(server.url(), quick_options(runtime));
      runtime = Runtime();  // the socket has the last copy now
      socket.connect();
      Channel room = socket.channel("room:1");
      room.join();
      for (int n = 0; n < 100; ++n) pushes.push_back(room.push("echo"));
      if (i % 2 == 0) pushes.front().get();
    }
    for (const Push& push : pushes)
      EXPECT_TRUE(end_of(push).outcome == Outcome::ok || end_of(push).outcome == Outcome::closed);
  }
}

}  // namespace
}  // namespace suzaku::client::real

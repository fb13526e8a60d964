// Everything at once from many threads, for ThreadSanitizer: whatever the results are, each operation ends, and at the
// end all works.
#include <atomic>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "bridge_real.hpp"

namespace suzaku::bridge {
namespace {

constexpr int kThreads = 6;
constexpr int kActions = 2'000;  // of each thread
constexpr int kNames = 4;
constexpr int kRooms = 3;

/// A thread that does things at random to connections that others use, too.
class Meddler {
 public:
  Meddler(ConnectionSupervisor& supervisor, const real::ServerProcess& server, std::atomic<bool>& crashes,
          std::uint64_t seed)
      : supervisor_(supervisor), server_(server), crashes_(crashes), chance_(seed) {}

  void run() {
    for (int i = 0; i < kActions; ++i) act();
  }
  const std::vector<client::Push>& pushes() const noexcept { return pushes_; }

 private:
  std::size_t below(std::size_t limit) { return chance_() % limit; }
  std::string room() { return "room:" + std::to_string(below(kRooms)); }

  void act() {
    const std::string name = "connection_" + std::to_string(below(kNames));
    const std::size_t action = below(12);
    if (action < 3) {
      start(name);
    } else if (action == 3) {
      pushes_.push_back(supervisor_.stop_connection(name, std::chrono::milliseconds(below(20))));
    } else if (action == 4) {
      supervisor_.connection_health(name);
      supervisor_.list_connections();
      supervisor_.connection_status(name);
    } else if (const auto connection = supervisor_.connection(name)) {
      act_on(*connection, action);
    }
  }
  void start(const std::string& name) {
    auto with = options(name, server_);
    with.restart = {.restart = signals::Restart::permanent, .max_restarts = 1'000};
    with.socket.on_wire = [&crashes = crashes_](const client::WireEvent&) {
      if (crashes.exchange(false)) throw std::runtime_error("a bug");
    };
    static_cast<void>(supervisor_.start_connection(std::move(with)));  // fails when another thread was first
  }
  void act_on(Connection& connection, std::size_t action) {
    if (action < 7) {
      pushes_.push_back(connection.join_channel(room()));
    } else if (action == 7) {
      pushes_.push_back(connection.leave_channel(room()));
    } else if (action == 8) {
      connection.list_channels();
      connection.status();
    } else if (action == 9) {
      pushes_.push_back(connection.stop());
    } else if (action == 10) {
      crashes_ = true;
    } else if (const auto push = connection.push_event(room(), "shout")) {
      pushes_.push_back(*push);
    }
  }

  ConnectionSupervisor& supervisor_;
  const real::ServerProcess& server_;
  std::atomic<bool>& crashes_;
  std::mt19937_64 chance_;
  std::vector<client::Push> pushes_;
};

TEST(BridgeThreads, may_do_everything_at_the_same_time) {
  const real::ServerProcess server;
  signals::SignalBus bus;
  auto all = bus.subscribe_type("**", {.capacity = 10});
  std::atomic<bool> crashes{false};
  ConnectionSupervisor supervisor(bus);
  std::vector<Meddler> meddlers;
  for (int i = 0; i < kThreads; ++i) meddlers.emplace_back(supervisor, server, crashes, static_cast<std::uint64_t>(i));
  std::vector<std::thread> threads;
  for (auto& meddler : meddlers) threads.emplace_back([&meddler] { meddler.run(); });
  for (auto& thread : threads) thread.join();
  crashes = false;

  real::ok(supervisor.stop());
  for (const auto& meddler : meddlers) {
    for (const auto& push : meddler.pushes()) real::end_of(push);
  }
  EXPECT_TRUE(supervisor.list_connections().empty());
  ASSERT_TRUE(supervisor.start_connection(options("last", server)).has_value());
  real::ok(supervisor.connection("last")->join_channel("room:1"));
}

TEST(BridgeThreads, may_destroy_it_while_it_works) {
  const real::ServerProcess server;
  for (int i = 0; i < 50; ++i) {
    signals::SignalBus bus;
    ConnectionSupervisor supervisor(bus);
    for (int j = 0; j < 5; ++j) {
      ASSERT_TRUE(supervisor.start_connection(options("connection_" + std::to_string(j), server, {{.topic = "room:1"}}))
                      .has_value());
    }
    if (i % 2 == 0) real::ok(supervisor.connection("connection_0")->join_channel("room:2"));
    if (i % 3 == 0) supervisor.stop();
  }
}

}  // namespace
}  // namespace suzaku::bridge

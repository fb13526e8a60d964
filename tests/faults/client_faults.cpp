// client_faults [--seconds N] [--seed N] [--clients N]: clients that talk through a bad network to a server that is
// well. When the network is good again every operation has ended once, every client is connected, every channel joined,
// and all get answers; and the sanitizers, if it is built with some, have nothing to say.
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "faults/flock.hpp"
#include "faults/weather.hpp"
#include "program/child.hpp"
#include "support/tcp_proxy.hpp"

namespace suzaku::faults {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Plan {
  int seconds = 180;
  int clients = 50;
  std::uint64_t seed = std::random_device{}();
};

/// Time-outs that are often met.
client::SocketOptions options() {
  client::SocketOptions options;
  options.proxy = "";
  options.connect_timeout = options.handshake_timeout = 2s;
  options.close_timeout = 500ms;
  options.heartbeat_interval = 500ms;
  options.heartbeat_timeout = 2s;
  options.timeout = 3s;
  options.max_buffered = 500;
  options.reconnect.backoff = client::ExponentialBackoff{.first = 20ms, .max = 500ms};
  options.reconnect.spread = 100ms;
  options.rejoin.backoff = client::ListBackoff{.delays = {20ms, 200ms}};
  return options;
}

/// The clients share a runtime; each tenth has its own.
std::vector<std::unique_ptr<Bird>> make_flock(const Plan& plan, std::uint16_t port, Ledger& ledger) {
  const client::Runtime runtime;
  std::vector<std::unique_ptr<Bird>> birds;
  for (int i = 0; i < plan.clients; ++i) {
    client::SocketOptions own = options();
    own.vsn = i % 4 == 0 ? 1 : 2;
    own.compress = i % 3 == 0;
    if (i % 10 != 0) own.runtime = runtime;
    birds.push_back(std::make_unique<Bird>("ws://127.0.0.1:" + std::to_string(port) + "/socket", own, i, ledger));
  }
  return birds;
}

void talk(const Plan& plan, std::vector<std::unique_ptr<Bird>>& birds) {
  std::mt19937_64 chance(plan.seed);
  for (const auto end = Clock::now() + std::chrono::seconds(plan.seconds); Clock::now() < end;) {
    for (int i = 0; i < 10; ++i) birds[chance() % birds.size()]->act(chance);
    std::this_thread::sleep_for(5ms);
  }
}

void expect_all_well(std::vector<std::unique_ptr<Bird>>& birds, const Ledger& ledger) {
  for (const auto& bird : birds) bird->settle();
  for (const auto& bird : birds) bird->expect_well();
  const auto end = Clock::now() + 60s;
  while (ledger.ended() != ledger.started()) {
    if (Clock::now() > end)
      throw std::runtime_error(std::to_string(ledger.started() - ledger.ended()) + " operations have not ended");
    std::this_thread::sleep_for(10ms);
  }
}

/// The server logs each channel that crashes, and stops when nobody reads that.
std::vector<std::string> server_command() {
  return {"-c", "exec " SUZAKU_PROGRAM " --loops 1 --port 0 2>/dev/null"};
}

/// What happened; throws when it was too little to prove anything.
void report(const std::vector<std::unique_ptr<Bird>>& birds, const Ledger& ledger, const test::TcpProxy& proxy) {
  const auto faults = proxy.counts();
  std::printf("%zu connections, %zu cut, %zu half dead, %zu delays, %zu drips\n", faults.connections, faults.cuts,
              faults.half_opens, faults.delays, faults.drips);
  std::uint64_t connects = 0;
  std::uint64_t silences = 0;
  for (const auto& bird : birds) {
    connects += bird->metrics().connects;
    silences += bird->metrics().heartbeat_timeouts;
  }
  std::printf("%llu times connected, %llu times lost for silence\n", static_cast<unsigned long long>(connects),
              static_cast<unsigned long long>(silences));
  for (const auto& [status, count] : ledger.ends())
    std::printf("%10llu ended with %s\n", static_cast<unsigned long long>(count), status.c_str());
  if (connects <= 2 * birds.size() || faults.cuts == 0 || faults.delays == 0 || faults.drips == 0)
    throw std::runtime_error("hardly anything went wrong; run it longer");
}

void run(const Plan& plan) {
  test::Child server(server_command(), {.program = "/bin/sh"});
  test::TcpProxy proxy(server.port(), plan.seed);
  Ledger ledger;
  auto birds = make_flock(plan, proxy.port(), ledger);
  {
    const Weather weather(proxy, plan.seed);
    talk(plan, birds);
  }
  expect_all_well(birds, ledger);
  report(birds, ledger, proxy);
  birds.clear();
  for (const std::string& complaint : ledger.complaints()) std::printf("wrong: %s\n", complaint.c_str());
  if (!ledger.complaints().empty()) throw std::runtime_error("something was wrong");
}

}  // namespace
}  // namespace suzaku::faults

int main(int argc, char** argv) {
  suzaku::faults::Plan plan;
  CLI::App app{"Clients behind a bad network"};
  app.add_option("--seconds", plan.seconds, "how long the network is bad")->capture_default_str();
  app.add_option("--clients", plan.clients, "how many")->capture_default_str()->check(CLI::Range(1, 400));
  app.add_option("--seed", plan.seed, "of what happens by chance");
  CLI11_PARSE(app, argc, argv);
  std::printf("seed %llu\n", static_cast<unsigned long long>(plan.seed));
  std::fflush(stdout);
  try {
    suzaku::faults::run(plan);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "client_faults: %s (seed %llu)\n", error.what(), static_cast<unsigned long long>(plan.seed));
    return 1;
  }
  std::printf("all is well\n");
  return 0;
}

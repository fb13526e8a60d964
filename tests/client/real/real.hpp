#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include <suzaku/client.hpp>

#include "program/child.hpp"

/// What the tests of the client over real sockets share.
namespace suzaku::client::real {

using namespace std::chrono_literals;

constexpr auto kSoon = 60s;   // long enough for any machine
constexpr auto kNever = 24h;  // a time-out that must not be what ends an operation

/// Options that lose no time.
inline SocketOptions quick_options() {
  SocketOptions options;
  options.proxy = "";
  options.timeout = kSoon;
  options.reconnect.backoff = ListBackoff{.delays = {20ms}};
  options.reconnect.spread = 20ms;
  options.rejoin.backoff = ListBackoff{.delays = {10ms}};
  return options;
}
inline SocketOptions quick_options(const Runtime& runtime) {
  SocketOptions options = quick_options();
  options.runtime = runtime;
  return options;
}

inline std::string url_of(std::uint16_t port, const std::string& scheme = "ws") {
  return scheme + "://127.0.0.1:" + std::to_string(port) + "/socket";
}

/// How the operation has ended. Throws when it does not end.
inline Reply end_of(const Push& push) {
  auto reply = push.get_for(kSoon);
  if (!reply) throw std::runtime_error("the operation did not end");
  return *std::move(reply);
}
/// The reply, which must be ok.
inline Reply ok(const Push& push) {
  Reply reply = end_of(push);
  if (!reply.ok()) throw std::runtime_error("not ok but " + reply.status + ": " + reply.message);
  return reply;
}
inline Channel joined(Socket& socket, const std::string& topic, JoinParams params = {}) {
  Channel channel = socket.channel(topic, std::move(params));
  ok(channel.join());
  return channel;
}

/// Polls until the condition holds. Throws after kSoon.
inline void await(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kSoon;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("the condition did not hold in time");
    std::this_thread::sleep_for(1ms);
  }
}

/// conformance_server, as a process that can be killed.
class ServerProcess {
 public:
  /// `port`: 0 lets the system choose.
  explicit ServerProcess(std::uint16_t port = 0)
      : child_({"--loops", "1", "--port", std::to_string(port)}), port_(child_.port()) {}

  std::uint16_t port() const noexcept { return port_; }
  std::string url() const { return url_of(port_); }
  /// With SIGSTOP: its connections stay open, and nothing is answered.
  void stop() const { child_.stop(); }
  /// With -9; returns when it is dead.
  void kill() {
    child_.signal(9);
    child_.exit_code();
  }

 private:
  test::Child child_;
  std::uint16_t port_;
};

}  // namespace suzaku::client::real

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "support/tcp_proxy.hpp"

namespace suzaku::faults {

/// What happens to a proxy by chance, until it ends: calm and storm, silence, and the loss of all connections at once.
class Weather {
 public:
  Weather(test::TcpProxy& proxy, std::uint64_t seed);
  /// From now on all is well, but for the connections that are half dead already.
  ~Weather();
  Weather(const Weather&) = delete;
  Weather& operator=(const Weather&) = delete;

 private:
  void blow(std::uint64_t seed);
  void wait(std::chrono::milliseconds time) const;

  test::TcpProxy& proxy_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

}  // namespace suzaku::faults

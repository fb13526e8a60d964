#pragma once

#include <string>
#include <utility>
#include <vector>

#include <suzaku/bridge.hpp>

#include "client/real/real.hpp"

/// What the tests of the bridge over real sockets share.
namespace suzaku::bridge {

namespace real = client::real;
using namespace std::chrono_literals;

/// Options that lose no time, and never give up.
inline ConnectionOptions options(std::string name, const real::ServerProcess& server,
                                 std::vector<AutoJoin> channels = {}) {
  ConnectionOptions options{.name = std::move(name), .uri = server.url(), .auto_join_channels = std::move(channels)};
  options.max_retries = 0;
  options.backoff = client::ListBackoff{.delays = {20ms}};
  options.rejoin_after = {10ms};
  options.stop_deadline = real::kSoon;
  options.socket = real::quick_options();
  return options;
}

}  // namespace suzaku::bridge

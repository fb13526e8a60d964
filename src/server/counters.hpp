#pragma once

#include "base/counter.hpp"

namespace suzaku::server {

/// What one loop counts. See EndpointStats for the meanings.
struct Counters {
  Counter sockets, channels, messages_in, undecodable, stale, channel_crashes, slow_consumers, refused;
};

}  // namespace suzaku::server

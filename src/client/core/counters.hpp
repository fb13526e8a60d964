#pragma once

#include <suzaku/client/metrics.hpp>
#include <suzaku/client/reply.hpp>

#include "base/counter.hpp"

namespace suzaku::client::core {

/// Written on the engine's thread, read on any thread.
struct Counters {
  Counter attempts, connects, disconnects;
  Counter frames_sent, frames_received, bytes_sent, bytes_received;
  Counter joins, join_errors;
  Counter pushes, pushes_ok, pushes_error, pushes_timeout, pushes_disconnected, pushes_cancelled, pushes_buffer_full;
  Counter stale_frames, stray_replies, bad_frames, bad_payloads, heartbeat_timeouts;
  Counter channels, buffered, operations;
  Counter last_round_trip;  // ns

  /// The counter of pushes with this outcome.
  Counter& of_pushes(Outcome outcome) noexcept;
  Metrics metrics() const;
};

}  // namespace suzaku::client::core

#pragma once

#include <chrono>
#include <cstdint>

namespace suzaku::client {

/// Counts since the socket was made, unless it says otherwise.
struct Metrics {
  std::uint64_t attempts = 0;     // to connect
  std::uint64_t connects = 0;     // that succeeded
  std::uint64_t disconnects = 0;  // connections that ended, for whatever reason
  std::uint64_t frames_sent = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t bytes_sent = 0;  // of messages, without WebSocket and TLS
  std::uint64_t bytes_received = 0;
  std::uint64_t joins = 0;        // that succeeded
  std::uint64_t join_errors = 0;  // refused or unanswered
  std::uint64_t pushes = 0;
  std::uint64_t pushes_ok = 0;
  std::uint64_t pushes_error = 0;
  std::uint64_t pushes_timeout = 0;
  std::uint64_t pushes_disconnected = 0;
  std::uint64_t pushes_cancelled = 0;  // and closed
  std::uint64_t pushes_buffer_full = 0;
  std::uint64_t stale_frames = 0;   // of an earlier join, dropped
  std::uint64_t stray_replies = 0;  // to a push that had ended
  std::uint64_t bad_frames = 0;     // frames that are no Phoenix message; each ended its connection
  std::uint64_t bad_payloads = 0;   // messages that were dropped, since their payload, topic or event cannot be read
  std::uint64_t heartbeat_timeouts = 0;
  std::uint64_t callback_errors = 0;
  std::uint64_t dropped_messages = 0;  // for lack of room (SocketOptions::max_undelivered)

  std::uint64_t channels = 0;   // now
  std::uint64_t buffered = 0;   // now: pushes that wait to be sent
  std::uint64_t in_flight = 0;  // now: all that waits for an answer, pushes, joins, leaves and heartbeats
  std::chrono::nanoseconds last_round_trip{0};  // of a heartbeat
};

}  // namespace suzaku::client

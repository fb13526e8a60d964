#include "client/core/counters.hpp"

#include <algorithm>

namespace suzaku::client::core {

Counter& Counters::of_pushes(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok:
      return pushes_ok;
    case Outcome::error:
      return pushes_error;
    case Outcome::timeout:
      return pushes_timeout;
    case Outcome::disconnected:
      return pushes_disconnected;
    case Outcome::buffer_full:
      return pushes_buffer_full;
    case Outcome::cancelled:
    case Outcome::closed:
      break;
  }
  return pushes_cancelled;
}

Metrics Counters::metrics() const {
  return {
      .attempts = attempts.get(),
      .connects = connects.get(),
      .disconnects = disconnects.get(),
      .frames_sent = frames_sent.get(),
      .frames_received = frames_received.get(),
      .bytes_sent = bytes_sent.get(),
      .bytes_received = bytes_received.get(),
      .joins = joins.get(),
      .join_errors = join_errors.get(),
      .pushes = pushes.get(),
      .pushes_ok = pushes_ok.get(),
      .pushes_error = pushes_error.get(),
      .pushes_timeout = pushes_timeout.get(),
      .pushes_disconnected = pushes_disconnected.get(),
      .pushes_cancelled = pushes_cancelled.get(),
      .pushes_buffer_full = pushes_buffer_full.get(),
      .stale_frames = stale_frames.get(),
      .stray_replies = stray_replies.get(),
      .bad_frames = bad_frames.get(),
      .bad_payloads = bad_payloads.get(),
      .heartbeat_timeouts = heartbeat_timeouts.get(),
      .channels = channels.get(),
      .buffered = buffered.get(),
      .in_flight = operations.get() - std::min(operations.get(), buffered.get()),
      .last_round_trip = std::chrono::nanoseconds(last_round_trip.get()),
  };
}

}  // namespace suzaku::client::core

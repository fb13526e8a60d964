#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>

namespace suzaku::client {

/// How an operation ended. Every push, join, leave, ping, connect and disconnect ends exactly once, with one of these.
enum class Outcome : std::uint8_t {
  ok,            // the server said "ok"
  error,         // the server said "error", or another status of its own; its reply cannot be read; or the server
                 // cannot be reached at all
  timeout,       // there was no answer in time
  disconnected,  // the connection was lost, or the channel crashed, before the reply; the channel may be joined again
                 // (ChannelError::will_rejoin). With `was_sent` the server may or may not have acted
  cancelled,     // by cancel(), or by an operation that undoes this one
  buffer_full,   // too much waits for the connection already; it was not sent
  closed,        // the channel has ended for good: left, closed by the server, or its socket is gone
};
std::string_view to_string(Outcome outcome) noexcept;

/// Refusals of Phoenix itself, for programs to compare.
enum class Refusal : std::uint8_t {
  none,
  unmatched_topic,    // the server knows of no such channel; it is joined again
  too_many_channels,  // Phoenix allows 100 channels on a connection; open a second socket
  join_crashed,       // the channel's join raised
};

/// The one result of an operation.
struct Reply {
  Outcome outcome = Outcome::ok;
  /// The status as the server sent it ("ok", "error", or any word of its own); else the outcome's name.
  std::string status = "ok";
  /// The server's response; {} when it sent none.
  Payload response = {};
  Refusal refusal = Refusal::none;
  /// The message had been handed to the connection. With an outcome other than ok and error it is then unknown what
  /// became of it.
  bool was_sent = false;
  /// What happened, in words, when the outcome is not ok.
  std::string message = {};
  /// From the sending to the answer; 0 when there was none.
  std::chrono::nanoseconds round_trip{0};

  bool ok() const noexcept { return outcome == Outcome::ok; }
};

}  // namespace suzaku::client

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include <suzaku/bridge/connection_supervisor.hpp>

#include "sinks/push_command.hpp"

namespace suzaku::sinks {

/// Sends events to channels of connections, and counts the outcomes. One thread at a time may call push().
class Pusher {
 public:
  /// A push to a channel that does not answer is unanswered until the time-out of the socket.
  static constexpr std::size_t kMostUnanswered = 10'000;

  /// `agent`: the name of the agent that pushes, for the log.
  Pusher(const bridge::ConnectionSupervisor& connections, std::string agent);

  /// Sends the event to a channel that is joined now. Waits while too many pushes have no answer. Fails with
  /// PushError::Kind::stopped also when there is no connection of this name, and when `stop` ends the wait.
  tl::expected<void, bridge::PushError> push(const PushCommand& command, const std::stop_token& stop);

  struct Counts {
    std::uint64_t ok = 0;
    std::uint64_t errors = 0;  // refused, or lost with the connection
    std::uint64_t timeouts = 0;
    std::size_t unanswered = 0;

    std::uint64_t sent() const noexcept { return ok + errors + timeouts + unanswered; }
  };
  Counts counts() const;

 private:
  class Answers;
  class Unanswered;
  const bridge::ConnectionSupervisor& connections_;
  std::shared_ptr<Answers> answers_;
};

}  // namespace suzaku::sinks

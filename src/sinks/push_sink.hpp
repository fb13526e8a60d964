#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/signals/signal_bus.hpp>

#include "base/counter.hpp"
#include "base/log_limit.hpp"
#include "sinks/held.hpp"
#include "sinks/options.hpp"
#include "sinks/pusher.hpp"
#include "sinks/sink.hpp"

namespace suzaku::sinks {

/// Pushes messages to channels of another connection, one at a time. A message that cannot be sent yet, because the
/// connection is down or the channel is not joined, waits, and so do later messages. A message that was sent is not
/// sent again when the connection is lost before the answer.
class PushSink final : public Sink {
 public:
  PushSink(std::string agent, PushOptions options, const bridge::ConnectionSupervisor& connections,
           signals::SignalBus& bus);

  void take(std::span<const signals::SignalPtr> batch) override;
  void stop() noexcept override { stop_.request_stop(); }
  /// {"waiting", "sent", "ok", "errors", "timeouts", "unanswered", "skipped", "dropped"}: signals that are not
  /// messages, and messages that would go back to their own channel, are skipped. Messages that can never be sent, or
  /// whose channel exceeds the limit of the connection, are dropped.
  JsonObject status() const override;

 private:
  using Clock = std::chrono::steady_clock;

  /// A channel that this sink has joined.
  struct Join {
    std::weak_ptr<bridge::Connection> of;
    client::Push push;
    Clock::time_point begun;
    std::optional<Clock::time_point> refused = {};  // when the connection had too many channels
    bool is_refusal_told = false;
  };

  void deliver(const PushCommand& command);
  bool is_done(const PushCommand& command);
  std::optional<std::string> join_if_needed(const std::string& topic, bridge::PushError::Kind why);
  void forget_old_joins(Clock::time_point now);
  void tell_refusal(const std::string& topic, Join& join, const client::Reply& reply);
  void say_that_it_waits(const std::string& why);
  void drop(const PushCommand& command, const std::string& why);

  const std::string agent_;
  const PushOptions options_;
  const bridge::ConnectionSupervisor& connections_;
  signals::SignalBus& bus_;
  std::stop_source stop_;
  Pusher pusher_;
  std::map<std::string, Join, std::less<>> joins_;  // by topic
  LogLimit waits_{1};
  LogLimit drops_{1};
  Held held_;
  Counter skipped_;
  Counter dropped_;
};

}  // namespace suzaku::sinks

#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <semaphore>
#include <thread>

#include <suzaku/signals/signal_bus.hpp>

#include "base/limited_log.hpp"
#include "config/secrets.hpp"

namespace suzaku::daemon {

/// Logs events of connections and channels, without secrets. Servers cause these events, so the lines of each kind and
/// connection are limited.
class EventLog {
 public:
  /// Both must outlive it.
  EventLog(signals::SignalBus& bus, const config::Secrets& secrets);
  /// Waits until the events that have arrived are written.
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void wait();

  const config::Secrets& secrets_;
  std::counting_semaphore<> waiting_{0};
  std::atomic<bool> is_ending_{false};
  std::optional<Clock::time_point> tell_left_out_at_;  // used by the thread only, like the log
  log::LimitedLog log_{[this] { tell_left_out_at_ = Clock::now() + std::chrono::seconds(1); }};
  signals::Subscription events_;
  std::thread thread_;
};

}  // namespace suzaku::daemon

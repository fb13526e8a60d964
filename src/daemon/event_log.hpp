#pragma once

#include <atomic>
#include <semaphore>
#include <thread>

#include <suzaku/signals/signal_bus.hpp>

#include "config/secrets.hpp"

namespace suzaku::daemon {

/// Tells the log what happens to connections and channels, without secrets.
class EventLog {
 public:
  /// Both must outlive it.
  EventLog(signals::SignalBus& bus, const config::Secrets& secrets);
  /// When what has come is written.
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

 private:
  void run();

  const config::Secrets& secrets_;
  std::counting_semaphore<> waiting_{0};
  std::atomic<bool> is_ending_{false};
  signals::Subscription events_;
  std::thread thread_;
};

}  // namespace suzaku::daemon

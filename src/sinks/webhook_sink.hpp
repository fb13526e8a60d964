#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "base/log_limit.hpp"
#include "sinks/failures.hpp"
#include "sinks/held.hpp"
#include "sinks/options.hpp"
#include "sinks/retry.hpp"
#include "sinks/sink.hpp"
#include "sinks/spool.hpp"
#include "sinks/webhook_sender.hpp"

namespace suzaku::sinks {

/// Sends each signal by HTTP POST, one at a time, at least once. take() writes signals to disk. A thread delivers them
/// from there, including those of earlier runs.
///
/// A signal that the receiver fails to process too often is parked, so that later signals are delivered. When the
/// receiver accepts a signal after it accepted none, the signals that were parked meanwhile are sent once more, because
/// they were perhaps not the cause. After a start all parked signals are sent once more in this way, because it is not
/// known when they were parked. Others stay parked until retry() or drop_parked().
class WebhookSink final : public Sink {
 public:
  /// Throws std::runtime_error for a spool that cannot be used, std::invalid_argument for an invalid URL or
  /// secret.
  WebhookSink(std::string agent, const WebhookOptions& options);
  ~WebhookSink() override;

  /// Waits while the spool cannot be written to.
  void take(std::span<const signals::SignalPtr> batch) override;
  /// Waiting signals stay on disk.
  void stop() noexcept override;
  /// {"waiting", "waiting_bytes", "parked", "parked_bytes", "delivered", "refused", "dropped", "is_paused",
  /// "spool_rewrites", "failures", "last_failure"}. "spool_rewrites": how often a new spool was written because another
  /// program had deleted, replaced or shortened the file.
  JsonObject status() const override;

  /// Parked signals wait again, before later ones, and a paused sink continues. Returns the number of parked signals.
  /// Any thread; does not wait.
  std::uint64_t retry();
  /// Drops the parked signals. Returns their number. Any thread.
  std::uint64_t drop_parked();

 private:
  using Clock = std::chrono::steady_clock;

  /// The failed attempts to deliver the oldest signal.
  struct Attempts {
    std::int64_t number = 0;  // of the signal
    std::size_t count = 0;
    Clock::time_point since = {};
  };

  void run();
  bool wait_for_work();
  void wait(std::unique_lock<std::mutex>& lock, Clock::time_point until, const std::function<bool()>& has_work);
  void unpark_if_asked();
  std::optional<Sending> deliver_some();
  std::optional<Sending> after_failure(const Spooled& signal, Sending failed);
  bool is_used_up(const Spooled& signal);
  void park(const Spooled& signal, const Sending& failed);
  std::optional<Sending> send_parked_again();
  void note(const Spooled& signal, const Sending& sending);
  void note_success();
  void note_dropped(std::uint64_t count);
  void back_off(const Sending& failed);
  void pause(const Sending& failed);

  const std::string agent_;
  const WebhookOptions options_;
  Failures failures_;
  Retry spooling_;
  Spool spool_;
  Held held_;
  WebhookSender sender_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // signals have arrived, or one of these has changed:
  bool is_stopped_ = false;
  bool is_paused_ = false;
  bool wants_retry_ = false;
  std::uint64_t delivered_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t dropped_ = 0;

  LogLimit drops_logged_{1};           // used by the thread that calls take()
  std::size_t failures_in_a_row_ = 0;  // used by the delivery thread, as the members below
  Attempts attempts_;
  std::deque<std::int64_t> parked_in_a_row_;  // since the receiver last accepted a signal, or before the start
  LogLimit refusals_logged_{10};
  std::minstd_rand random_{std::random_device()()};
  std::jthread thread_;
};

}  // namespace suzaku::sinks

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "base/log_limit.hpp"
#include "sinks/failures.hpp"
#include "sinks/options.hpp"
#include "sinks/retry.hpp"
#include "sinks/sink.hpp"
#include "sinks/spool.hpp"
#include "sinks/webhook_sender.hpp"

namespace suzaku::sinks {

/// Sends each signal by HTTP POST, one after another, at least once. take() puts them on disk, a thread delivers them
/// from there, also those of earlier runs.
class WebhookSink final : public Sink {
 public:
  /// Throws std::runtime_error for a spool that cannot be used, std::invalid_argument for a URL or secret that cannot
  /// be.
  explicit WebhookSink(const WebhookOptions& options);
  ~WebhookSink() override;

  /// Waits while the spool cannot be written to.
  void take(std::span<const signals::SignalPtr> batch) override;
  /// What waits stays on disk.
  void stop() noexcept override;
  JsonObject status() const override;

 private:
  void run();
  bool wait_for_signals();
  std::optional<Sending> deliver_some();
  void note(const Spooled& signal, const Sending& sending);
  void note_success();
  void back_off(const Sending& failed);

  const client::ExponentialBackoff retry_;
  Failures failures_;
  Retry spooling_;
  Spool spool_;
  WebhookSender sender_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // signals came, or it was stopped
  bool is_stopped_ = false;
  std::uint64_t delivered_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t dropped_ = 0;

  LogLimit drops_logged_{1};           // of the thread that calls take()
  std::size_t failures_in_a_row_ = 0;  // of the thread that delivers, as these:
  LogLimit refusals_logged_{10};
  std::minstd_rand random_{std::random_device()()};
  std::jthread thread_;
};

}  // namespace suzaku::sinks

#pragma once

#include <chrono>
#include <string>

#include "sinks/http_client.hpp"
#include "sinks/options.hpp"
#include "sinks/spool.hpp"
#include "sinks/webhook_answer.hpp"

namespace suzaku::sinks {

/// The result of sending a signal.
struct Sending {
  Verdict verdict = Verdict::delivered;
  std::string why = {};                 // the reason, unless it was delivered
  std::chrono::seconds retry_after{0};  // the receiver asks for no request during this time

  /// Delivered or refused: the signal is not sent again.
  bool is_settled() const noexcept { return verdict == Verdict::delivered || verdict == Verdict::refused; }
};

/// Sends signals to the receiver of a webhook. One thread, except for stop().
class WebhookSender {
 public:
  /// Throws std::invalid_argument for an invalid URL or secret.
  explicit WebhookSender(const WebhookOptions& options);

  Sending send(const Spooled& signal);
  void stop() noexcept { http_.stop(); }
  const std::string& receiver() const noexcept { return http_.server(); }

 private:
  WebhookOptions::Mode mode_;
  WebhookHeaders headers_;
  WebhookSecret secret_;
  HttpClient http_;
};

}  // namespace suzaku::sinks

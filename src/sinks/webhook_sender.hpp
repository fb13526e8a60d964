#pragma once

#include <chrono>
#include <string>

#include "sinks/http_client.hpp"
#include "sinks/options.hpp"
#include "sinks/spool.hpp"
#include "sinks/webhook_answer.hpp"

namespace suzaku::sinks {

/// What became of a signal that was sent.
struct Sending {
  Verdict verdict = Verdict::delivered;
  std::string why = {};                 // unless delivered
  std::chrono::seconds retry_after{0};  // before this time has passed, the receiver wants nothing

  /// Delivered or refused: it is not sent again.
  bool is_settled() const noexcept { return verdict == Verdict::delivered || verdict == Verdict::refused; }
};

/// Sends signals to a webhook's receiver. One thread, but for stop().
class WebhookSender {
 public:
  /// Throws std::invalid_argument for a URL or a secret that cannot be used.
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

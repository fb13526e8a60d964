#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <suzaku/client/options.hpp>

#include "sinks/http_client.hpp"
#include "sinks/options.hpp"
#include "sinks/spool.hpp"

namespace suzaku::sinks {

/// What became of a signal that was sent.
struct Sending {
  enum class End : std::uint8_t {
    delivered,
    refused,  // this very signal, which would be refused again
    failed    // and may be tried again
  };
  End end = End::delivered;
  std::string why = {};                 // unless delivered
  std::chrono::seconds retry_after{0};  // when failed: what the receiver asks for
};

/// What an answer with this status says of the signal.
Sending::End end_of(int status) noexcept;

/// Sends signals to a webhook's receiver. One thread, but for stop().
class WebhookSender {
 public:
  /// Throws std::invalid_argument for a URL or a secret that cannot be.
  explicit WebhookSender(const WebhookOptions& options);

  Sending send(const Spooled& signal);
  void stop() noexcept { http_.stop(); }
  const std::string& receiver() const noexcept { return http_.server(); }

 private:
  WebhookOptions::Mode mode_;
  std::vector<client::Header> headers_;
  std::string key_;  // "": nothing is signed
  HttpClient http_;
};

}  // namespace suzaku::sinks

#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/signal.hpp>

/// CloudEvents as HTTP requests (HTTP protocol binding 1.0.2), and the signatures of standardwebhooks.com.
namespace suzaku::sinks {

/// The headers and the body of a POST.
struct WebhookRequest {
  std::vector<client::Header> headers;
  std::string body;
};

/// The whole event as the body: `event` is its JSON.
WebhookRequest structured_request(std::string event);
/// The data of the event as the body, its attributes as headers.
WebhookRequest binary_request(const signals::Signal& signal);

/// The key of a configured secret, which is "whsec_" and Base64, or any text.
Result<std::string> webhook_key(std::string_view secret);
/// Adds webhook-id, webhook-timestamp and webhook-signature.
void sign(WebhookRequest& request, std::string_view key, std::string_view id,
          std::chrono::system_clock::time_point now);

}  // namespace suzaku::sinks

#include "sinks/webhook_sender.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "sinks/webhook_request.hpp"

namespace suzaku::sinks {
namespace {

std::string key_of(const std::string& secret) {
  auto key = webhook_key(secret);
  if (!key) throw std::invalid_argument(key.error().message);
  return *key;
}

Result<WebhookRequest> request_of(const Spooled& signal, WebhookOptions::Mode mode) {
  if (mode == WebhookOptions::Mode::structured) return structured_request(signal.event);
  return signals::parse_signal(signal.event).map(binary_request);
}

}  // namespace

Sending::End end_of(int status) noexcept {
  // Said of the receiver, the moment or our rights, which may change, and not of the signal.
  constexpr std::array kPassing = {401, 403, 404, 405, 408, 410, 425, 429};
  if (status >= 200 && status < 300) return Sending::End::delivered;
  const bool is_passing = std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end();
  return status >= 400 && status < 500 && !is_passing ? Sending::End::refused : Sending::End::failed;
}

WebhookSender::WebhookSender(const WebhookOptions& options)
    : mode_(options.mode),
      headers_(options.headers),
      key_(key_of(options.secret)),
      http_({.url = options.url, .ca_file = options.ca_file, .timeout = options.timeout}) {}

Sending WebhookSender::send(const Spooled& signal) {
  auto request = request_of(signal, mode_);
  if (!request) return {.end = Sending::End::refused, .why = "the spool holds no signal: " + request.error().message};
  request->headers.insert(request->headers.end(), headers_.begin(), headers_.end());
  if (!key_.empty()) sign(*request, key_, signal.id, std::chrono::system_clock::now());
  const auto answer = http_.post(request->headers, request->body);
  if (!answer) return {.end = Sending::End::failed, .why = answer.error().message};
  return {.end = end_of(answer->status),
          .why = fmt::format("the receiver answers with HTTP {}", answer->status),
          .retry_after = answer->retry_after};
}

}  // namespace suzaku::sinks

#include "sinks/webhook_sender.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "sinks/webhook_request.hpp"

namespace suzaku::sinks {
namespace {

/// No event could be sent.
Sending unavailable(const Error& error) {
  return {.verdict = Verdict::unavailable, .why = error.message};
}

/// An event that cannot be read, such as one with data that is nested too deeply, is sent unchanged in any mode.
WebhookRequest request_of(const Spooled& signal, WebhookOptions::Mode mode) {
  if (mode == WebhookOptions::Mode::binary)
    if (const auto event = signals::parse_signal(signal.event)) return binary_request(*event);
  return structured_request(signal.event);
}

}  // namespace

WebhookSender::WebhookSender(const WebhookOptions& options)
    : mode_(options.mode),
      headers_(options.headers),
      secret_(options.secret),
      http_({.url = options.url, .ca_file = options.ca_file, .timeout = options.timeout}) {
  if (const auto key = webhook_key(secret_.value()); !key) throw std::invalid_argument(key.error().message);
}

Sending WebhookSender::send(const Spooled& signal) {
  auto request = request_of(signal, mode_);
  const auto headers = headers_.get({});
  if (!headers) return unavailable(headers.error());
  request.headers.insert(request.headers.end(), headers->begin(), headers->end());
  const auto key = secret_.get({}).and_then(webhook_key);
  if (!key) return unavailable(key.error());
  if (!key->empty()) sign(request, *key, signal.id, std::chrono::system_clock::now());
  const auto answer = http_.post(request.headers, request.body);
  if (!answer) {
    const auto verdict = answer.error().was_sent ? Verdict::failed : Verdict::unavailable;
    return {.verdict = verdict, .why = answer.error().message};
  }
  return {.verdict = verdict_of(answer->status),
          .why = fmt::format("the receiver answers with HTTP {}", answer->status),
          .retry_after = answer->retry_after};
}

}  // namespace suzaku::sinks

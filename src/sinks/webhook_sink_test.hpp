#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sinks/sinks_test.hpp"
#include "sinks/webhook_sink.hpp"
#include "support/certificates.hpp"
#include "support/http_receiver.hpp"

namespace suzaku::sinks {

using namespace std::chrono_literals;
using test::HttpReceiver;

inline constexpr auto kNobody = "http://127.0.0.1:1/";

/// The id of a structured event.
inline std::string id_of(const http::Request& request) {
  return signals::parse_signal(request.body).value().id;
}

class WebhookSinkTest : public testing::Test {
 protected:
  WebhookOptions options(const std::string& url) const {
    return {.url = url,
            .timeout = 10min,
            .spool = folder_.file("spool"),
            .max_attempts = 0,
            .max_age = 0ms,
            .retry = {.first = 1ms, .factor = 2, .max = 10ms, .jitter = 0.25}};
  }
  /// Options with which no request is repeated during a test.
  WebhookOptions patient_options(const std::string& url) const {
    WebhookOptions all = options(url);
    all.retry = {.first = 10h, .factor = 1, .max = 10h, .jitter = 0};
    return all;
  }
  /// The ids of the next `count` requests.
  static std::vector<std::string> ids(HttpReceiver& receiver, int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) all.push_back(id_of(receiver.next()));
    return all;
  }
  static void await_failures(const Sink& sink, std::uint64_t count) {
    await([&] { return sink.status().at("failures").to_number<std::uint64_t>() >= count; });
  }
  static void await_delivered(const Sink& sink) {
    await([&] { return sink.status().at("waiting") == 0; });
  }
  static JsonObject without_bytes(JsonObject status) {
    status.erase("waiting_bytes");
    return status;
  }

  test::TemporaryFolder folder_;
};

}  // namespace suzaku::sinks

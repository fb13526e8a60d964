// Secrets and headers of a webhook that are replaced while it runs.
#include <mutex>

#include "sinks/webhook_request.hpp"
#include "sinks/webhook_sink_test.hpp"

namespace suzaku::sinks {
namespace {

/// The contents of a file, or the reason why it cannot be read.
class Replaceable {
 public:
  explicit Replaceable(Result<std::string> value) : value_(std::move(value)) {}
  void replace(Result<std::string> value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }
  Result<std::string> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  Result<std::string> value_;
};

std::string signature_with(const std::string& key, const http::Request& request) {
  WebhookRequest expected{.headers = {}, .body = request.body};
  const std::chrono::system_clock::time_point time(
      std::chrono::seconds(std::stoll(*request.header("webhook-timestamp"))));
  sign(expected, key, *request.header("webhook-id"), time);
  return expected.headers.back().value;
}

TEST_F(WebhookSinkTest, reads_the_secret_and_the_headers_for_each_request) {
  HttpReceiver receiver;
  Replaceable secret("first");
  WebhookOptions changing = options(receiver.url());
  changing.secret = [&](const WebhookAttempt&) { return secret.get(); };
  changing.headers = [&](const WebhookAttempt&) {
    return secret.get().map([](const std::string& text) { return std::vector<client::Header>{{"x-key", text}}; });
  };
  WebhookSink sink("hook", changing);
  for (const std::string key : {"first", "second"}) {
    secret.replace(key);
    sink.take(signals_of(1, 1));
    const http::Request request = receiver.next();
    EXPECT_EQ(*request.header("webhook-signature"), signature_with(key, request));
    EXPECT_EQ(*request.header("x-key"), key);
  }
}

TEST_F(WebhookSinkTest, tries_again_while_its_secret_cannot_be_read_or_is_invalid) {
  HttpReceiver receiver;
  Replaceable secret(Result<std::string>(failure("the file is gone")));
  WebhookOptions changing = options(receiver.url());
  changing.secret = [&](const WebhookAttempt&) { return secret.get(); };
  WebhookSink sink("hook", changing);
  sink.take(signals_of(1, 1));
  await_failures(sink, 2);
  EXPECT_EQ(sink.status().at("last_failure"), "the file is gone");
  secret.replace("whsec_hunter!2");
  await([&] { return sink.status().at("last_failure") == "the secret: expected Base64 behind \"whsec_\""; });
  EXPECT_EQ(receiver.waiting(), 0U);
  secret.replace("whsec_Zm9v");
  const http::Request request = receiver.next();
  EXPECT_EQ(*request.header("webhook-signature"), signature_with("foo", request));
}

}  // namespace
}  // namespace suzaku::sinks

#include "sinks/webhook_request.hpp"

#include <array>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::string_view kKeyPrefix = "whsec_";

/// Encodes a header value as the binding specifies: all but visible ASCII as %XX, and also the space, `"` and `%`.
std::string header_value(std::string_view text) {
  std::string value;
  for (const unsigned char c : text) {
    if (c > 0x20 && c < 0x7F && c != '"' && c != '%') {
      value += static_cast<char>(c);
    } else {
      value += fmt::format("%{:02X}", c);
    }
  }
  return value;
}

std::string text_of(const Json& value) {
  if (const auto* text = value.if_string()) return {text->data(), text->size()};
  return boost::json::serialize(value);
}

/// True for "application/json; charset=utf-8", "text/json" and "application/problem+json".
bool is_json(std::string_view type) {
  const std::string essence = ascii::lower_case(type.substr(0, type.find_first_of("; ")));
  return essence.ends_with("/json") || essence.ends_with("+json");
}

/// The body: the JSON of the data, or the contents of a JSON string when the data has another content type.
std::string body_of(const signals::Signal& signal) {
  const std::string_view raw = signal.data.raw();
  if (signal.data.is_binary() || is_json(signal.datacontenttype()) || !raw.starts_with('"')) return std::string(raw);
  return text_of(Payload(signal.data).json());
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

WebhookRequest structured_request(std::string event) {
  return {.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"}}, .body = std::move(event)};
}

WebhookRequest binary_request(const signals::Signal& signal) {
  WebhookRequest request{.headers = {{"Content-Type", std::string(signal.datacontenttype())}}, .body = body_of(signal)};
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) request.headers.push_back({fmt::format("ce-{}", name), header_value(value)});
  };
  add("specversion", "1.0");
  add("id", signal.id);
  add("source", signal.source);
  add("type", signal.type);
  add("subject", signal.subject);
  if (signal.time != signals::Time()) {
    std::string time;
    signals::append_timestamp(time, signal.time);
    add("time", time);
  }
  add("connection", signal.connection);
  add("phoenixtopic", signal.phoenixtopic);
  add("phoenixevent", signal.phoenixevent);
  add("phoenixkind", signal.phoenixkind);
  for (const auto& [name, value] : signal.extensions) add({name.data(), name.size()}, text_of(value));
  return request;
}

Result<std::string> webhook_key(std::string_view secret) {
  if (!secret.starts_with(kKeyPrefix)) return std::string(secret);
  auto key = decode_base64(secret.substr(kKeyPrefix.size()));
  if (!key || key->empty()) return failure("the secret: expected Base64 behind \"whsec_\"");
  return std::move(*key);
}

void sign(WebhookRequest& request, std::string_view key, std::string_view id,
          std::chrono::system_clock::time_point now) {
  const std::string sent_id = header_value(id);
  const std::string timestamp =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  const std::string digest = hmac_sha256(key, fmt::format("{}.{}.{}", sent_id, timestamp, request.body));
  request.headers.push_back({"webhook-id", sent_id});
  request.headers.push_back({"webhook-timestamp", timestamp});
  request.headers.push_back({"webhook-signature", "v1," + base64(digest)});
}

}  // namespace suzaku::sinks

#include "sinks/webhook_request.hpp"

#include <array>
#include <chrono>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/base64.hpp"
#include "sinks/sinks_test.hpp"

namespace suzaku::sinks {
namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> headers_of(const WebhookRequest& request) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : request.headers) EXPECT_TRUE(headers.emplace(name, value).second) << name;
  return headers;
}

/// Independent of the code under test.
std::string hmac_sha256(const std::string& key, const std::string& text) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  std::string digest = "SHA256";
  const std::array parameters = {OSSL_PARAM_construct_utf8_string("digest", digest.data(), 0),
                                 OSSL_PARAM_construct_end()};
  std::array<unsigned char, 32> result{};
  EVP_MAC_init(context, reinterpret_cast<const unsigned char*>(key.data()), key.size(), parameters.data());
  EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MAC_final(context, result.data(), nullptr, result.size());
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
  return {reinterpret_cast<const char*>(result.data()), result.size()};
}

TEST(WebhookRequest, structured_is_the_event) {
  const WebhookRequest request = structured_request(R"({"specversion":"1.0"})");
  EXPECT_EQ(request.body, R"({"specversion":"1.0"})");
  EXPECT_EQ(headers_of(request),
            (std::map<std::string, std::string>{{"Content-Type", "application/cloudevents+json; charset=utf-8"}}));
}

TEST(WebhookRequest, binary_has_the_attributes_as_headers) {
  signals::Signal signal = *signal_of("1", {{"body", "hi"}});
  signal.subject = "room:1";
  signal.time = std::chrono::system_clock::time_point(1'700'000'000s);
  signal.connection = "c";
  signal.phoenixtopic = "room:1";
  signal.phoenixevent = "shout";
  signal.phoenixkind = "broadcast";
  signal.extensions = {{"sequence", -7}, {"urgent", true}, {"dataschema", "https://example.com/schema"}};
  const WebhookRequest request = binary_request(signal);
  EXPECT_EQ(request.body, R"({"body":"hi"})");
  EXPECT_EQ(headers_of(request), (std::map<std::string, std::string>{
                                     {"Content-Type", "application/json"},
                                     {"ce-specversion", "1.0"},
                                     {"ce-id", "1"},
                                     {"ce-source", "/suzaku/c"},
                                     {"ce-type", "suzaku.c.room_1.shout"},
                                     {"ce-subject", "room:1"},
                                     {"ce-time", "2023-11-14T22:13:20.000000Z"},
                                     {"ce-connection", "c"},
                                     {"ce-phoenixtopic", "room:1"},
                                     {"ce-phoenixevent", "shout"},
                                     {"ce-phoenixkind", "broadcast"},
                                     {"ce-sequence", "-7"},
                                     {"ce-urgent", "true"},
                                     {"ce-dataschema", "https://example.com/schema"},
                                 }));
}

TEST(WebhookRequest, binary_leaves_out_what_is_absent) {
  const auto headers = headers_of(binary_request(*signal_of("1")));
  EXPECT_EQ(headers.size(), 5U);
  EXPECT_FALSE(headers.contains("ce-time"));
  EXPECT_FALSE(headers.contains("ce-subject"));
}

TEST(WebhookRequest, header_values_are_visible_ascii) {
  signals::Signal signal = *signal_of("1");
  signal.subject = "Euro € 😀";  // the example of the specification
  signal.phoenixtopic = "a\"b%c~!";
  const auto headers = headers_of(binary_request(signal));
  EXPECT_EQ(headers.at("ce-subject"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
  EXPECT_EQ(headers.at("ce-phoenixtopic"), "a%22b%25c~!");
}

TEST(WebhookRequest, bytes_are_the_unchanged_body) {
  const std::string bytes("\0\xff\r\n", 4);
  const WebhookRequest request = binary_request(*signal_of("1", Payload::binary(bytes)));
  EXPECT_EQ(request.body, bytes);
  EXPECT_EQ(headers_of(request).at("Content-Type"), "application/octet-stream");
}

TEST(WebhookRequest, text_is_a_body_without_its_quotes_but_json_keeps_them) {
  signals::Signal signal = *signal_of("1", Payload::from_text(R"("<a>\"\u00e9\"</a>")"));
  const auto body_as = [&](const char* type) {
    signal.contenttype = type;
    return binary_request(signal).body;
  };
  EXPECT_EQ(body_as("text/xml"), "<a>\"é\"</a>");
  EXPECT_EQ(body_as(""), signal.data.raw());
  EXPECT_EQ(body_as("Application/JSON; charset=utf-8"), signal.data.raw());
  EXPECT_EQ(body_as("application/problem+json"), signal.data.raw());
  signal.data = {{"a", 1}};
  EXPECT_EQ(body_as("text/xml"), R"({"a":1})");
}

TEST(WebhookSignature, is_that_of_standard_webhooks) {
  WebhookRequest request{.headers = {}, .body = R"({"test": 2432232314})"};
  const auto key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key.has_value());
  sign(request, *key, "msg_p5jXN8AQM9LWM0D4loKWxJek", std::chrono::system_clock::time_point(1'614'265'330s));
  auto headers = headers_of(request);
  EXPECT_EQ(headers["webhook-id"], "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(headers["webhook-timestamp"], "1614265330");
  EXPECT_EQ(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, signs_the_id_as_it_is_sent) {
  WebhookRequest request{.headers = {}, .body = "body"};
  sign(request, "any text", "é 1", std::chrono::system_clock::time_point(5s));
  auto headers = headers_of(request);
  EXPECT_EQ(headers["webhook-id"], "%C3%A9%201");
  EXPECT_EQ(headers["webhook-signature"], "v1," + base64(hmac_sha256("any text", "%C3%A9%201.5.body")));
}

TEST(WebhookSignature, keys_are_base64_or_any_text) {
  EXPECT_EQ(webhook_key("whsec_Zm9v").value(), "foo");
  EXPECT_EQ(webhook_key("Zm9v").value(), "Zm9v");
  EXPECT_EQ(webhook_key("").value(), "");
  for (const char* wrong : {"whsec_", "whsec_Zm9", "whsec_hunter!2"}) {
    const auto key = webhook_key(wrong);
    ASSERT_FALSE(key.has_value()) << wrong;
    EXPECT_EQ(key.error().message.find("hunter"), std::string::npos);
  }
}

}  // namespace
}  // namespace suzaku::sinks

#include "server/subprotocol.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::server {
namespace {

SocketOptions allowing(std::vector<std::string> subprotocols, bool auth_token = false) {
  SocketOptions options;
  options.subprotocols = std::move(subprotocols);
  options.auth_token = auth_token;
  return options;
}

/// The protocol that is agreed on, or the status of the refusal.
std::string chosen(const std::string& header, const SocketOptions& options) {
  const auto result = choose_protocols(&header, options);
  return result ? result->answer : std::to_string(result.error());
}
std::optional<std::string> token(const std::string& header) {
  const auto result = choose_protocols(&header, allowing({}, true));
  return result ? result->auth_token : "refused with " + std::to_string(result.error());
}

TEST(Subprotocol, without_a_header_nothing_is_agreed_on) {
  for (const auto& options : {allowing({}), allowing({"sip"}), allowing({}, true)}) {
    const auto result = choose_protocols(nullptr, options);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->answer, "");
    EXPECT_EQ(result->auth_token, std::nullopt);
  }
}

TEST(Subprotocol, a_server_without_a_list_ignores_the_offer) {
  EXPECT_EQ(chosen("sip", allowing({})), "");
  EXPECT_EQ(chosen("phoenix, base64url.bearer.phx.YQ", allowing({})), "");
}

TEST(Subprotocol, the_order_of_the_server_counts) {
  EXPECT_EQ(chosen("mqtt, sip", allowing({"sip", "mqtt"})), "sip");
  EXPECT_EQ(chosen("mqtt,\tother", allowing({"sip", "mqtt"})), "mqtt");
}

TEST(Subprotocol, without_a_common_one_the_client_is_refused) {
  for (const auto* header : {"other", "SIP", "", "sipx", "si"})
    EXPECT_EQ(chosen(header, allowing({"sip"})), "403") << header;
}

TEST(AuthToken, is_taken_from_the_offer_of_phoenix_js) {
  const std::string header = "phoenix, base64url.bearer.phx.YWxpY2U";
  EXPECT_EQ(token(header), "alice");
  EXPECT_EQ(chosen(header, allowing({}, true)), "phoenix");
  EXPECT_EQ(token("base64url.bearer.phx.YWxpY2U, phoenix"), "alice");
}

TEST(AuthToken, may_be_there_with_a_protocol_of_the_server) {
  EXPECT_EQ(chosen("sip, base64url.bearer.phx.YQ", allowing({"sip"}, true)), "sip");
  EXPECT_EQ(chosen("sip, phoenix, base64url.bearer.phx.YQ", allowing({"sip"}, true)), "phoenix");
}

TEST(AuthToken, both_alphabets_are_read_padded_or_not) {
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.+/8"), "\xfb\xff");
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.-_8"), "\xfb\xff");
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.+/8="), "\xfb\xff");
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.YQ=="), "a");
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.YWI="), "ab");
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.YWJj"), "abc");
  EXPECT_EQ(token("phoenix, base64url.bearer.phx."), "");
}

TEST(AuthToken, one_that_cannot_be_decoded_is_a_bad_request) {
  for (const auto* wrong : {"Y", "Y Q", "Y!", "YWxpYw=x", "YWJjZ"})
    EXPECT_EQ(token(std::string("phoenix, base64url.bearer.phx.") + wrong), "refused with 400") << wrong;
}

TEST(AuthToken, of_two_none_is_trusted) {
  const std::string header = "phoenix, base64url.bearer.phx.YQ, base64url.bearer.phx.Yg";
  EXPECT_EQ(token(header), std::nullopt);
  EXPECT_EQ(chosen(header, allowing({}, true)), "phoenix");
}

TEST(AuthToken, alone_it_is_enough_and_nothing_is_agreed_on) {
  EXPECT_EQ(token("base64url.bearer.phx.YQ"), "a");
  EXPECT_EQ(chosen("base64url.bearer.phx.YQ", allowing({}, true)), "");
}

TEST(AuthToken, does_not_let_other_protocols_in) {
  EXPECT_EQ(chosen("foo, base64url.bearer.phx.YQ", allowing({}, true)), "403");
  EXPECT_EQ(token("phoenix"), std::nullopt);
}

}  // namespace
}  // namespace suzaku::server

#include "ws/client_handshake.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "ws/handshake.hpp"

namespace suzaku::ws {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";

Headers good_answer() {
  return {{"upgrade", "websocket"}, {"connection", "Upgrade"}, {"sec-websocket-accept", accept_key(kKey)}};
}

/// What is wrong with the answer that has these headers too; "" when nothing is.
std::string error_of(const Headers& more, const UpgradeRequest& request = {}) {
  Headers answer = good_answer();
  answer.insert(answer.end(), more.begin(), more.end());
  const auto agreed = check_answer(answer, request, kKey);
  return agreed ? "" : agreed.error().message;
}

/// The same without one of its headers, or with another value.
std::string error_without(std::string_view name, const std::string& instead = "-") {
  Headers answer = good_answer();
  std::erase_if(answer, [&](const auto& header) { return header.first == name; });
  if (instead != "-") answer.emplace_back(name, instead);
  const auto agreed = check_answer(answer, {}, kKey);
  return agreed ? "" : agreed.error().message;
}

std::string extension_error(const std::string& value) {
  return error_of({{"sec-websocket-extensions", value}}, {.deflate = true});
}

TEST(ClientHandshake, key_is_the_one_of_the_rfc) {
  std::array<std::uint8_t, 16> random{};
  const std::string_view sample = "the sample nonce";
  std::copy(sample.begin(), sample.end(), random.begin());
  EXPECT_EQ(make_key(random), kKey);
}

TEST(ClientHandshake, asks_for_no_more_than_it_needs) {
  EXPECT_EQ(serialize({.host = "example.com:4000", .target = "/socket/websocket?vsn=2.0.0"}, kKey),
            "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n"
            "Host: example.com:4000\r\n"
            "Connection: Upgrade\r\n"
            "Upgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "\r\n");
}

TEST(ClientHandshake, offers_compression_and_subprotocols_and_adds_headers) {
  const std::string request = serialize({.host = "[::1]",
                                         .target = "/",
                                         .headers = {{"Origin", "https://example.com"}, {"X-Empty", ""}},
                                         .subprotocols = {"phoenix", "base64url.bearer.phx.YS/+"},
                                         .deflate = true},
                                        kKey);
  EXPECT_NE(request.find("\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; "
                         "server_no_context_takeover\r\n"),
            request.npos);
  EXPECT_NE(request.find("\r\nSec-WebSocket-Protocol: phoenix, base64url.bearer.phx.YS/+\r\n"), request.npos);
  EXPECT_TRUE(request.ends_with("\r\nOrigin: https://example.com\r\nX-Empty: \r\n\r\n"));
}

TEST(ClientHandshake, headers_of_the_user_cannot_change_the_request) {
  const auto error = [](const std::string& name, const std::string& value) {
    const auto checked = check_headers({{name, value}});
    if (checked) return std::string();
    EXPECT_THROW(serialize({.headers = {{name, value}}}, kKey), std::invalid_argument);
    return checked.error().message;
  };
  EXPECT_EQ(error("Authorization", "Bearer a\tb \xc3\xa9"), "");
  EXPECT_EQ(error("User-Agent", ""), "");
  for (const char* name : {"Host", "CONNECTION", "upgrade", "Sec-WebSocket-Key", "sec-websocket-protocol",
                           "Content-Length", "Transfer-Encoding"})
    EXPECT_NE(error(name, "x").find("is the handshake's own"), std::string::npos) << name;
  for (const char* name : {"", "A B", "A:", "A\r\nB", " A", "A ", "\xc3\xa9"})
    EXPECT_NE(error(name, "x").find("characters that no header may have"), std::string::npos) << name;
  for (const std::string_view text : {"secret\r\nB: c"sv, "secret\n"sv, "secret\r"sv, "secret\0"sv, "secret\x7f"sv}) {
    const std::string value(text);
    EXPECT_NE(error("A", value).find("control character"), std::string::npos);
    EXPECT_EQ(error("A", value).find("secret"), std::string::npos);
  }
}

TEST(ClientHandshake, accepts_the_answer_of_a_server) {
  const auto agreed = check_answer(good_answer(), {}, kKey);
  ASSERT_TRUE(agreed);
  EXPECT_FALSE(agreed->deflate);
  EXPECT_EQ(agreed->subprotocol, "");
  EXPECT_EQ(error_without("upgrade", "WebSocket"), "");
  EXPECT_EQ(error_without("connection", "keep-alive, UPGRADE"), "");
  EXPECT_EQ(error_of({{"connection", "keep-alive"}}), "") << "two headers are one list";
}

TEST(ClientHandshake, refuses_an_answer_that_opens_no_websocket) {
  EXPECT_NE(error_without("upgrade").find("Upgrade: websocket"), std::string::npos);
  EXPECT_NE(error_without("upgrade", "h2c").find("Upgrade: websocket"), std::string::npos);
  EXPECT_NE(error_without("connection").find("Connection: Upgrade"), std::string::npos);
  EXPECT_NE(error_without("connection", "close").find("Connection: Upgrade"), std::string::npos);
  EXPECT_NE(error_without("sec-websocket-accept").find("Sec-WebSocket-Accept"), std::string::npos);
  EXPECT_NE(error_without("sec-websocket-accept", accept_key("another")).find("Sec-WebSocket-Accept"),
            std::string::npos);
}

TEST(ClientHandshake, agrees_on_compression_of_each_message_by_itself) {
  for (const char* value : {"permessage-deflate; server_no_context_takeover",
                            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                            "permessage-deflate;client_no_context_takeover;server_no_context_takeover",
                            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10",
                            "permessage-deflate; server_no_context_takeover; server_max_window_bits=\"15\""}) {
    Headers answer = good_answer();
    answer.emplace_back("sec-websocket-extensions", value);
    const auto agreed = check_answer(answer, {.deflate = true}, kKey);
    ASSERT_TRUE(agreed) << value << ": " << agreed.error().message;
    EXPECT_TRUE(agreed->deflate) << value;
  }
  EXPECT_EQ(extension_error(""), "") << "none";
}

TEST(ClientHandshake, refuses_extensions_that_were_not_offered) {
  const auto says = [](const std::string& value, std::string_view words) {
    const std::string error = extension_error(value);
    EXPECT_NE(error.find(words), error.npos) << value << ": " << error;
  };
  says("permessage-deflate", "insists on context takeover");
  says("permessage-deflate; client_no_context_takeover", "insists on context takeover");
  says("permessage-deflate; server_no_context_takeover; client_max_window_bits=10", "was not offered");
  says("permessage-deflate; server_no_context_takeover; unknown", "was not offered");
  says("permessage-deflate; server_no_context_takeover=1", "was not offered");
  says("permessage-deflate; server_no_context_takeover; client_no_context_takeover=1", "was not offered");
  says("permessage-deflate; server_no_context_takeover; server_no_context_takeover", "twice");
  says("permessage-deflate; server_no_context_takeover; server_max_window_bits", "from 8 to 15");
  says("permessage-deflate; server_no_context_takeover; server_max_window_bits=16", "from 8 to 15");
  says("permessage-deflate; server_max_window_bits=", "no value");
  says("permessage-deflate; ; server_no_context_takeover", "no name");
  says("permessage-deflate; server_no_context_takeover, permessage-deflate", "more than one");
  says("permessage-bzip2", "only permessage-deflate");
  says("=", "only permessage-deflate");
  EXPECT_NE(error_of({{"sec-websocket-extensions", "permessage-deflate; server_no_context_takeover"}})
                .find("no extension was offered"),
            std::string::npos);
}

TEST(ClientHandshake, takes_one_of_its_subprotocols_or_none) {
  const UpgradeRequest request{.subprotocols = {"phoenix", "other"}};
  EXPECT_EQ(error_of({}, request), "");
  EXPECT_EQ(error_of({{"sec-websocket-protocol", "phoenix"}}, request), "");
  EXPECT_EQ(error_of({{"sec-websocket-protocol", ""}}, request), "");  // names none
  EXPECT_EQ(error_of({{"sec-websocket-protocol", ""}}), "");
  Headers answer = good_answer();
  answer.emplace_back("sec-websocket-protocol", "other");
  EXPECT_EQ(check_answer(answer, request, kKey)->subprotocol, "other");
  for (const char* value : {"third", "Phoenix", "phoenix, other"})
    EXPECT_NE(error_of({{"sec-websocket-protocol", value}}, request).find("was not offered"), std::string::npos);
  EXPECT_NE(error_of({{"sec-websocket-protocol", "phoenix"}}).find("was not offered"), std::string::npos);
}

RC_GTEST_PROP(ClientHandshake, survives_any_answer, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::element(';', '=', '"', ',', ' ', 'a', '1', '\\', '\xff'));
  Headers answer = good_answer();
  answer.emplace_back("sec-websocket-extensions", "permessage-deflate" + *text);
  (void)check_answer(answer, {.deflate = true}, kKey);
}

}  // namespace
}  // namespace suzaku::ws

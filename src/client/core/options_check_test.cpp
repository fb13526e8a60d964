#include "client/core/options_check.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/try_again.hpp"

namespace suzaku::client::core {
namespace {

using namespace std::chrono_literals;

std::string options_error(const SocketOptions& options) {
  const auto checked = check(options);
  return checked ? "no error" : checked.error().message;
}

/// The error of the default options after one change.
std::string error_with(const std::function<void(SocketOptions&)>& change) {
  SocketOptions options;
  change(options);
  return options_error(options);
}

void expect_options_error(const std::function<void(SocketOptions&)>& change, std::string_view part) {
  EXPECT_NE(error_with(change).find(part), std::string::npos) << error_with(change);
}

TEST(OptionsCheck, is_content_with_the_defaults) {
  EXPECT_EQ(options_error({}), "no error");
}

TEST(OptionsCheck, is_content_with_options_of_every_kind) {
  SocketOptions options{
      .params = {{"token", "x"}, {"list", JsonArray{1, 2}}},
      .auth_token = "\xc3\xa9 +/=",
      .headers = {{"X-App", "suzaku\tclient"}, {"Cookie", "a=b"}, {"Origin", "https://example.com"}},
      .failover = {"wss://other.example/socket", "http://[::1]:4000"},
      .vsn = 1,
      .transport = TransportKind::long_poll,
      .long_poll_fallback = 1ms,
      .proxy = "http://ann:p%40ss@proxy.example:3128",
      .close_timeout = 0ms,
      .heartbeat_interval = 0ms,
      .heartbeat_timeout = 0ms,
      .reconnect = {.backoff = ListBackoff{}, .stable_after = 0ms, .spread = 0ms, .stop_codes = {1000, 4999}},
      .rejoin = {.max_concurrent = 0},
      .max_buffered = 1,
      .secrets = {},
  };
  options.tls.certificate_file = "c.pem";
  options.tls.key_file = "k.pem";
  options.tls.server_name = "example.com";
  options.tls.pinned_keys = {"sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="};
  EXPECT_EQ(options_error(options), "no error");
  EXPECT_EQ(error_with([](auto& o) { o.proxy = ""; }), "no error");
  EXPECT_EQ(error_with([](auto& o) { o.proxy = "proxy.example:3128"; }), "no error");
}

TEST(OptionsCheck, does_not_ask_functions) {
  SocketOptions options;
  options.params = [](const ConnectAttempt&) -> Result<Payload> { throw std::logic_error("asked"); };
  options.auth_token = [](const ConnectAttempt&) -> Result<std::string> { throw std::logic_error("asked"); };
  EXPECT_EQ(options_error(options), "no error");
}

TEST(OptionsCheck, refuses_credentials_that_cannot_be_sent) {
  expect_options_error([](auto& o) { o.params = Payload::binary("x"); }, "params are binary: expected a JSON object");
  expect_options_error([](auto& o) { o.params = Payload::from_text("[1]"); }, "params are no JSON object");
  expect_options_error([](auto& o) { o.params = Payload::from_text(R"({"a":[[]]})"); }, "params: the list \"a\"");
  for (const char* token : {"hunter2\r\nX: y", "hunter2\n", "\x7fhunter2"}) {
    const std::string error = error_with([&](auto& o) { o.auth_token = token; });
    EXPECT_NE(error.find("auth_token holds a line break"), std::string::npos);
    EXPECT_EQ(error.find("hunter2"), std::string::npos);
  }
}

TEST(OptionsCheck, refuses_headers_that_are_not_the_users) {
  for (const char* name : {"Host", "connection", "UPGRADE", "Sec-WebSocket-Key", "sec-websocket-protocol",
                           "Content-Length", "Transfer-Encoding"})
    expect_options_error([&](auto& o) { o.headers = {{name, "x"}}; }, name);
  for (const char* name : {"", "a b", "a:", "a\r\nb", "\xc3\xa9"})
    expect_options_error([&](auto& o) { o.headers = {{name, "x"}}; }, "headers: ");
  const std::string error = error_with([](auto& o) { o.headers = {{"X-App", "hunter2\r\nX: y"}}; });
  EXPECT_NE(error.find("X-App"), std::string::npos);
  EXPECT_EQ(error.find("hunter2"), std::string::npos);
}

TEST(OptionsCheck, refuses_urls_that_lead_nowhere) {
  expect_options_error([](auto& o) { o.failover = {"ws://h", "ftp://h"}; }, "failover[1]: unknown scheme \"ftp\"");
  EXPECT_TRUE(check_url("wss://example.com/socket"));
  EXPECT_TRUE(check_url("wss://ann:pw@example.com/socket"));
  EXPECT_FALSE(check_url("example.com"));
}

TEST(OptionsCheck, refuses_a_vsn_that_does_not_exist) {
  for (const int vsn : {-1, 0, 3})
    expect_options_error([&](auto& o) { o.vsn = vsn; }, "vsn is " + std::to_string(vsn) + ": expected 1 (");
}

TEST(OptionsCheck, refuses_tls_options_that_cannot_work) {
  expect_options_error([](auto& o) { o.tls.key_file = "k.pem"; },
                       "tls.key_file is \"k.pem\", but tls.certificate_file is empty");
  expect_options_error([](auto& o) { o.tls.certificate_file = "c.pem"; }, "but tls.key_file is empty");
  expect_options_error([](auto& o) { o.tls.server_name = "a b"; }, "tls.server_name is \"a b\": expected a host name");
  expect_options_error([](auto& o) { o.tls.server_name = std::string("a\0b", 3); }, "tls.server_name");
  const std::string good = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  for (const std::string& pin :
       {std::string(), std::string("sha256/"), good, "sha1/" + good, "sha256/" + good + "=",
        "sha256/=" + good.substr(1), "sha256/" + good.substr(0, 43) + "A", "sha256/_" + good.substr(1)})
    expect_options_error([&](auto& o) { o.tls.pinned_keys = {pin}; },
                         "tls.pinned_keys holds \"" + pin + "\": expected");
}

TEST(OptionsCheck, refuses_a_proxy_that_speaks_no_http) {
  for (const char* scheme : {"https", "ws", "wss"})
    expect_options_error([&](auto& o) { o.proxy = std::string(scheme) + "://proxy:1080"; },
                         "proxy is a URL of \"" + std::string(scheme) + "\": expected http://");
  for (const char* proxy : {"socks5://proxy", "http://", "http://ann:hunter2@", "http://proxy:0", "http://a b"}) {
    expect_options_error([&](auto& o) { o.proxy = proxy; }, "proxy is no URL: expected http://");
    EXPECT_EQ(error_with([&](auto& o) { o.proxy = proxy; }).find("hunter2"), std::string::npos);
  }
}

TEST(OptionsCheck, refuses_times_that_cannot_pass) {
  using Milliseconds = std::chrono::milliseconds;
  const auto test = [](const std::string& name, bool may_be_zero, const auto& set) {
    const std::string expected = may_be_zero ? "0 ms or more" : "more than 0 ms";
    expect_options_error([&](auto& o) { set(o, -1ms); }, name + " is -1 ms: expected " + expected + ", at most a year");
    expect_options_error([&](auto& o) { set(o, Milliseconds::max()); }, name + " is ");
    EXPECT_EQ(error_with([&](auto& o) { set(o, 1ms); }), "no error");
    EXPECT_EQ(error_with([&](auto& o) { set(o, 0ms); }) == "no error", may_be_zero) << name;
  };
  test("long_poll_fallback", false, [](auto& o, auto time) { o.long_poll_fallback = time; });
  test("connect_timeout", false, [](auto& o, auto time) { o.connect_timeout = time; });
  test("tls_timeout", false, [](auto& o, auto time) { o.tls_timeout = time; });
  test("handshake_timeout", false, [](auto& o, auto time) { o.handshake_timeout = time; });
  test("credentials_timeout", false, [](auto& o, auto time) { o.credentials_timeout = time; });
  test("close_timeout", true, [](auto& o, auto time) { o.close_timeout = time; });
  test("heartbeat_interval", true, [](auto& o, auto time) { o.heartbeat_interval = time; });
  test("heartbeat_timeout", false, [](auto& o, auto time) { o.heartbeat_timeout = time; });
  test("timeout", false, [](auto& o, auto time) { o.timeout = time; });
  test("reconnect.max_elapsed", true, [](auto& o, auto time) { o.reconnect.max_elapsed = time; });
  test("reconnect.stable_after", true, [](auto& o, auto time) { o.reconnect.stable_after = time; });
  test("rejoin.stable_after", true, [](auto& o, auto time) { o.rejoin.stable_after = time; });
  test("reconnect.spread", true, [](auto& o, auto time) { o.reconnect.spread = time; });
}

TEST(OptionsCheck, refuses_retries_that_make_no_sense) {
  expect_options_error([](auto& o) { o.reconnect.backoff = ExponentialBackoff{.factor = 0}; },
                       "reconnect.backoff: ExponentialBackoff.factor is 0");
  expect_options_error([](auto& o) { o.rejoin.backoff = ListBackoff{.delays = {}}; },
                       "rejoin.backoff: ListBackoff.delays is");
  for (const std::uint16_t code : {0, 403, 999, 5000})
    expect_options_error([&](auto& o) { o.reconnect.stop_codes = {1000, code}; },
                         "reconnect.stop_codes holds " + std::to_string(code));
}

TEST(OptionsCheck, refuses_limits_that_let_nothing_through) {
  expect_options_error([](auto& o) { o.max_buffered = 0; }, "max_buffered is 0: expected 1 or more");
  expect_options_error([](auto& o) { o.max_message_size = 0; }, "max_message_size is 0");
  expect_options_error([](auto& o) { o.max_unsent = 0; }, "max_unsent is 0");
  expect_options_error([](auto& o) { o.max_undelivered = 0; }, "max_undelivered is 0");
  expect_options_error([](auto& o) { o.secrets = {"token", ""}; }, "secrets holds an empty word");
}

TEST(OptionsCheck, default_stop_codes_are_the_close_codes_that_are_final) {
  const std::vector<std::uint16_t> codes = ReconnectOptions().stop_codes;
  for (int code = 1000; code <= 4999; ++code) {
    const auto number = static_cast<std::uint16_t>(code);
    EXPECT_EQ(std::ranges::find(codes, number) == codes.end(), protocol::may_try_again_after_close(number)) << code;
  }
}

}  // namespace
}  // namespace suzaku::client::core

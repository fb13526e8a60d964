#include "client/transport/proxy.hpp"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::client::transport {
namespace {

using Variables = std::map<std::string, std::string>;

core::Url url(std::string_view text) {
  return core::parse_url(text).value();
}

/// The name of the proxy that the environment gives a target, "" for none.
std::string chosen(std::string_view target, const Variables& variables, const std::optional<std::string>& option = {}) {
  const auto proxy = choose_proxy(url(target), option, [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
  if (!proxy) return "failure: " + proxy.error().message;
  return *proxy ? (*proxy)->name() : "";
}

bool excepted(std::string_view no_proxy, std::string_view target) {
  return is_excepted(no_proxy, url(target));
}

std::string error_of(std::string_view text) {
  const auto proxy = parse_proxy(text);
  return proxy ? "" : proxy.error().message;
}

TEST(Proxy, is_read_from_a_url) {
  EXPECT_EQ(parse_proxy("http://proxy.example:3128")->name(), "proxy.example:3128");
  EXPECT_EQ(parse_proxy("HTTP://Proxy:3128/")->name(), "proxy:3128");
  EXPECT_EQ(parse_proxy("proxy:3128")->name(), "proxy:3128");
  EXPECT_EQ(parse_proxy("http://proxy")->name(), "proxy:80");
  EXPECT_EQ(parse_proxy("http://[::1]:3128")->name(), "[::1]:3128");
  EXPECT_EQ(parse_proxy("http://[::1]:3128")->host, "::1");
  EXPECT_EQ(parse_proxy("proxy:3128")->authorization, "");
}

TEST(Proxy, decodes_user_and_password) {
  EXPECT_EQ(parse_proxy("http://Aladdin:open%20sesame@proxy:1")->authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(parse_proxy("Aladdin:open%20sesame@proxy:1")->authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(parse_proxy("http://user@proxy:1")->authorization, "Basic dXNlcjo=");
  EXPECT_EQ(parse_proxy("http://a:b:c%2F@d@proxy:1")->authorization, "Basic YTpiOmMvQGQ=");
}

TEST(Proxy, says_what_is_wrong_without_repeating_a_secret) {
  for (const char* text : {"socks5://proxy:1080", "https://proxy:443", "://proxy"})
    EXPECT_NE(error_of(text).find("are not supported: expected http://"), std::string::npos) << text;
  EXPECT_NE(error_of("http://").find("no host"), std::string::npos);
  EXPECT_NE(error_of("http://proxy:99999").find("99999"), std::string::npos);
  for (const char* text : {"http://user:sec/ret@proxy:1", "http://user:secret@proxy:x", "http://user:secret\n@proxy:1",
                           "http://user:secret#@proxy:1"}) {
    EXPECT_NE(error_of(text), "");
    EXPECT_EQ(error_of(text).find("sec"), std::string::npos) << error_of(text);
  }
}

TEST(ChooseProxy, option_goes_before_the_environment) {
  const Variables variables{{"https_proxy", "http://env:1"}, {"no_proxy", "*"}};
  EXPECT_EQ(chosen("wss://example.com", variables, "http://mine:2"), "mine:2");
  EXPECT_EQ(chosen("wss://example.com", {{"https_proxy", "http://env:1"}}, ""), "");
  EXPECT_EQ(chosen("wss://example.com", {}, "socks5://mine:2").rfind("failure: proxies of the kind", 0), 0U);
}

TEST(ChooseProxy, asks_the_variables_of_the_scheme_then_those_for_all) {
  const Variables all{{"https_proxy", "a:1"}, {"http_proxy", "b:1"}, {"all_proxy", "c:1"}};
  EXPECT_EQ(chosen("wss://example.com", all), "a:1");
  EXPECT_EQ(chosen("ws://example.com", all), "b:1");
  EXPECT_EQ(chosen("wss://example.com", {{"http_proxy", "b:1"}}), "");
  EXPECT_EQ(chosen("ws://example.com", {{"https_proxy", "a:1"}}), "");
  EXPECT_EQ(chosen("wss://example.com", {{"all_proxy", "c:1"}}), "c:1");
  EXPECT_EQ(chosen("ws://example.com", {{"ALL_PROXY", "c:1"}}), "c:1");
  EXPECT_EQ(chosen("wss://example.com", {}), "");
  EXPECT_EQ(chosen("wss://example.com", {{"all_proxy", "socks5h://c:1"}}).rfind("failure: ", 0), 0U);
}

TEST(ChooseProxy, lower_case_goes_first_and_http_proxy_has_no_other) {
  EXPECT_EQ(chosen("wss://example.com", {{"https_proxy", "a:1"}, {"HTTPS_PROXY", "b:1"}}), "a:1");
  EXPECT_EQ(chosen("wss://example.com", {{"HTTPS_PROXY", "b:1"}}), "b:1");
  EXPECT_EQ(chosen("ws://example.com", {{"HTTP_PROXY", "b:1"}}), "");
  EXPECT_EQ(chosen("ws://example.com", {{"http_proxy", "a:1"}, {"no_proxy", "x"}, {"NO_PROXY", "*"}}), "a:1");
  EXPECT_EQ(chosen("ws://example.com", {{"http_proxy", "a:1"}, {"NO_PROXY", "*"}}), "");
}

TEST(NoProxy, names_hosts_and_all_below_them) {
  for (const char* list : {"example.com", ".example.com", "*.example.com", "EXAMPLE.com", "example.com.", "com",
                           "other, example.com", "other example.com", ",,example.com,", "*", "x,*"})
    EXPECT_TRUE(excepted(list, "wss://example.com/socket")) << list;
  EXPECT_TRUE(excepted("example.com", "wss://a.b.example.com"));
  EXPECT_TRUE(excepted("example.com", "wss://example.com."));
  for (const char* list : {"", ",", "ample.com", "a.example.com", "example.com.org", "example", "example.*", "."})
    EXPECT_FALSE(excepted(list, "wss://example.com")) << list;
  EXPECT_FALSE(excepted("example.com", "wss://badexample.com"));
}

TEST(NoProxy, may_name_a_port) {
  EXPECT_TRUE(excepted("example.com:4000", "ws://example.com:4000"));
  EXPECT_TRUE(excepted("example.com:443", "wss://example.com"));
  EXPECT_TRUE(excepted("127.0.0.1:80", "ws://127.0.0.1"));
  EXPECT_TRUE(excepted("[::1]:80", "ws://[::1]"));
  EXPECT_FALSE(excepted("example.com:4000", "ws://example.com:4001"));
  EXPECT_FALSE(excepted("[::1]:81", "ws://[::1]"));
  EXPECT_FALSE(excepted("example.com:x", "ws://example.com"));
  EXPECT_FALSE(excepted("[::1]x", "ws://[::1]"));
  EXPECT_FALSE(excepted("[::1", "ws://[::1]"));
}

TEST(NoProxy, names_addresses_and_networks) {
  for (const char* list : {"127.0.0.1", "127.0.0.0/8", "127.0.0.1/32", "126.0.0.0/7", "0.0.0.0/0", "[127.0.0.1]"})
    EXPECT_TRUE(excepted(list, "ws://127.0.0.1")) << list;
  for (const char* list : {"1", "0.1", ".0.0.1", "127.0.0.2", "127.0.0.0/32", "128.0.0.0/1", "127.0.0.1/33",
                           "127.0.0.1/-1", "127.0.0.1/", "127.0.0.1/x", "::/0", "/8"})
    EXPECT_FALSE(excepted(list, "ws://127.0.0.1")) << list;
  for (const char* list : {"2001:db8::1", "[2001:db8::1]", "2001:0db8:0::0:1", "2001:db8::/32", "::/0"})
    EXPECT_TRUE(excepted(list, "ws://[2001:db8::1]")) << list;
  EXPECT_FALSE(excepted("2001:db9::/32", "ws://[2001:db8::1]"));
  EXPECT_FALSE(excepted("127.0.0.0/8", "ws://localhost"));
}

TEST(ConnectRequest, names_the_target_with_its_port) {
  EXPECT_EQ(connect_request({.host = "proxy", .port = 1}, url("wss://example.com/socket?token=secret")),
            "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
  EXPECT_EQ(connect_request({.host = "proxy", .port = 1, .authorization = "Basic dTpw"}, url("ws://[::1]:4000")),
            "CONNECT [::1]:4000 HTTP/1.1\r\nHost: [::1]:4000\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
}

RC_GTEST_PROP(NoProxy, survives_anything, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::element('1', '.', ':', '/', '[', ']', '*', ',', 'a', '9'));
  (void)excepted(*text, "ws://127.0.0.1");
  (void)excepted(*text, "ws://a.a");
  (void)parse_proxy(*text);
}

TEST(Proxy, of_every_variable_of_the_environment_is_listed) {
  const auto named = [](const char* name) { return std::optional<std::string>(name); };
  EXPECT_EQ(proxies_in(named), (std::vector<std::string>{"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY",
                                                         "all_proxy", "ALL_PROXY"}));
  EXPECT_TRUE(proxies_in([](const char*) { return std::optional<std::string>(); }).empty());
}

}  // namespace
}  // namespace suzaku::client::transport

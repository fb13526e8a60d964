#include "http/forwarded.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::http {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;
using Hops = std::vector<Hop>;

Hops hops_of(Headers headers) {
  Request request;
  request.headers = std::move(headers);
  return hops(request);
}
Hops forwarded(const std::string& value) {
  return hops_of({{"forwarded", value}});
}
Hop hop(std::string node, std::uint16_t port = 0, std::optional<bool> secure = {}, std::string host = {}) {
  return {.node = std::move(node), .port = port, .secure = secure, .host = std::move(host)};
}

TEST(Forwarded, is_empty_without_headers) {
  EXPECT_EQ(hops_of({{"host", "example.com"}, {"x-forwarded", "1.2.3.4"}}), Hops());
}

TEST(Forwarded, names_the_nearest_proxys_client_first) {
  EXPECT_EQ(forwarded("for=192.0.2.1;proto=https;host=example.com, for=10.0.0.1;proto=http"),
            (Hops{hop("10.0.0.1", 0, false), hop("192.0.2.1", 0, true, "example.com")}));
}

TEST(Forwarded, is_written_as_rfc_7239_says) {
  EXPECT_EQ(forwarded(R"(For="[2001:db8:cafe::17]:4711")"), Hops{hop("2001:db8:cafe::17", 4711)});
  EXPECT_EQ(forwarded("for=192.0.2.60;proto=http;by=203.0.113.43"), Hops{hop("192.0.2.60", 0, false)});
  EXPECT_EQ(forwarded("for=192.0.2.43, for=198.51.100.17"), (Hops{hop("198.51.100.17"), hop("192.0.2.43")}));
  EXPECT_EQ(forwarded(R"(FOR="192.0.2.1:80" ; PROTO="HTTPS" ;host="a\b.example:8443")"),
            Hops{hop("192.0.2.1", 80, true, "ab.example:8443")});
  EXPECT_EQ(forwarded("for=unknown;secret=x"), Hops{hop("unknown")});
  EXPECT_EQ(forwarded(R"(for="_gazonk:_port";host="a,b")"), Hops()) << "a host has no comma";
  EXPECT_EQ(forwarded(R"(for="_gazonk:_port";by="a,b;c")"), Hops{hop("_gazonk")});
  EXPECT_EQ(forwarded(" , for=192.0.2.1 ,, ;proto=https; ,"), (Hops{hop("", 0, true), hop("192.0.2.1")}));
}

TEST(Forwarded, may_leave_out_quotes_as_many_proxies_do) {
  EXPECT_EQ(forwarded("for=[2001:db8::1]:80;host=example.com:8443"),
            Hops{hop("2001:db8::1", 80, {}, "example.com:8443")});
}

TEST(Forwarded, that_is_malformed_counts_as_absent) {
  for (const auto* value : {"for", "for=", "=1", "for=1 2", "for=\"1", "for=\"1\\", "for=\"1\"2", "for=1;for=2",
                            "for = 1", "proto=ftp", "host=", "host=\"\"", "host=\"a b\"", "host=a/b", "for=[::1",
                            "for=\"[::1]80\"", "for=1;\"x\"", "for=1, for=2 x"})
    EXPECT_EQ(forwarded(value), Hops()) << value;
}

TEST(Forwarded, counts_from_the_last_line_up_to_a_malformed_one) {
  EXPECT_EQ(hops_of({{"forwarded", "for=1"}, {"x", "y"}, {"forwarded", "for=2, for=3"}}),
            (Hops{hop("3"), hop("2"), hop("1")}));
  EXPECT_EQ(hops_of({{"forwarded", "for=0"}, {"forwarded", "for=\""}, {"forwarded", "for=3"}}), Hops{hop("3")});
}

TEST(XForwarded, lists_the_nearest_proxys_client_first) {
  EXPECT_EQ(hops_of({{"x-forwarded-for", "192.0.2.1, 10.0.0.1"}}), (Hops{hop("10.0.0.1"), hop("192.0.2.1")}));
  EXPECT_EQ(hops_of({{"x-forwarded-for", "1, 2"}, {"x-forwarded-for", "3,,4 "}}),
            (Hops{hop("4"), hop("3"), hop("2"), hop("1")}))
      << "lines are joined";
}

TEST(XForwarded, takes_addresses_of_all_forms) {
  EXPECT_EQ(hops_of({{"x-forwarded-for", "192.0.2.1:80,2001:db8::1,[2001:db8::2],[2001:db8::3]:81"}}),
            (Hops{hop("2001:db8::3", 81), hop("2001:db8::2"), hop("2001:db8::1"), hop("192.0.2.1", 80)}));
  EXPECT_EQ(hops_of({{"x-forwarded-for", "192.0.2.1, [::1"}}), (Hops{hop(""), hop("192.0.2.1")}));
}

TEST(XForwarded, tells_the_protocol_and_the_host_of_every_hop) {
  EXPECT_EQ(hops_of({{"x-forwarded-for", "1, 2"}, {"x-forwarded-proto", "https"}, {"x-forwarded-host", "a:80"}}),
            (Hops{hop("2", 0, true, "a:80"), hop("1", 0, true, "a:80")}));
  EXPECT_EQ(
      hops_of({{"x-forwarded-for", "1, 2, 3"}, {"x-forwarded-proto", "wss, HTTP"}, {"x-forwarded-host", "a,b,c"}}),
      (Hops{hop("3", 0, false, "c"), hop("2", 0, true, "b"), hop("1", 0, {}, "a")}));
  EXPECT_EQ(hops_of({{"x-forwarded-proto", "https"}}), Hops{hop("", 0, true)});
  EXPECT_EQ(hops_of({{"x-forwarded-host", "a, b"}}), Hops{hop("", 0, {}, "b")});
}

TEST(XForwarded, a_header_that_is_malformed_counts_as_absent) {
  EXPECT_EQ(hops_of({{"x-forwarded-for", "1, 2"}, {"x-forwarded-proto", "ftp, https"}, {"x-forwarded-host", "a b"}}),
            (Hops{hop("2"), hop("1")}));
}

TEST(XForwarded, goes_before_forwarded) {
  EXPECT_EQ(hops_of({{"forwarded", "for=1;host=a"}, {"x-forwarded-for", "2"}}), Hops{hop("2")});
  EXPECT_EQ(hops_of({{"forwarded", "for=1;host=a"}, {"x-forwarded-proto", "http"}}), Hops{hop("", 0, false)});
}

std::string quoted(const std::string& text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all + '"';
}

RC_GTEST_PROP(Forwarded, what_the_last_proxy_adds_is_read_whatever_stands_before_it_in_other_lines,
              (const std::string& noise)) {
  const Hops found = hops_of({{"forwarded", noise}, {"forwarded", "for=192.0.2.1;proto=https"}});
  RC_ASSERT(!found.empty());
  RC_ASSERT(found.front() == hop("192.0.2.1", 0, true));
  const Hops listed = hops_of({{"x-forwarded-for", noise + ",192.0.2.1"}});
  RC_ASSERT(listed.front() == hop("192.0.2.1"));
}

RC_GTEST_PROP(Forwarded, quoted_text_of_any_kind_ends_where_it_should, (const std::string& text)) {
  const Hops found = forwarded("by=" + quoted(text) + ";for=192.0.2.1");
  RC_ASSERT(found == Hops{hop("192.0.2.1")});
}

}  // namespace
}  // namespace suzaku::http

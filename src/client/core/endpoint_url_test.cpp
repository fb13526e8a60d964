#include "client/core/endpoint_url.hpp"

#include <string>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "http/query.hpp"

namespace suzaku::client::core {
namespace {

std::string url_of(std::string_view url, TransportKind transport = TransportKind::websocket) {
  const auto full = endpoint_url(url, transport, {}, "2.0.0");
  return full ? *full : full.error().message;
}

std::string query_of(std::string params) {
  const auto full = endpoint_url("ws://h/s", TransportKind::websocket, Payload::from_text(std::move(params)), "2.0.0");
  return full ? full->substr(full->find('?') + 1) : full.error().message;
}

TEST(EndpointUrl, leads_to_the_transport) {
  for (const char* url : {"ws://h/socket", "ws://h/socket/", "ws://h/socket//", "ws://h/socket/websocket",
                          "ws://h/socket/websocket/", "http://h/socket", "ws://h/socket/longpoll", "WS://H/socket"}) {
    EXPECT_EQ(url_of(url), "ws://h/socket/websocket?vsn=2.0.0") << url;
    EXPECT_EQ(url_of(url, TransportKind::long_poll), "ws://h/socket/longpoll?vsn=2.0.0") << url;
  }
  EXPECT_EQ(url_of("wss://h"), "wss://h/websocket?vsn=2.0.0");
  EXPECT_EQ(url_of("https://h:4001/a%20b/c"), "wss://h:4001/a%20b/c/websocket?vsn=2.0.0");
  EXPECT_EQ(url_of("ws://h/websocket"), "ws://h/websocket?vsn=2.0.0");
  EXPECT_EQ(url_of("ws://[::1]:4000/mywebsocket"), "ws://[::1]:4000/mywebsocket/websocket?vsn=2.0.0");
}

TEST(EndpointUrl, keeps_the_query_of_the_user_before_its_own) {
  EXPECT_EQ(url_of("ws://h/s?a=1&b[]=x%20y"), "ws://h/s/websocket?a=1&b[]=x%20y&vsn=2.0.0");
  EXPECT_EQ(url_of("ws://h/s?"), "ws://h/s/websocket?vsn=2.0.0");
  EXPECT_EQ(url_of("ws://h/s?a=1&"), "ws://h/s/websocket?a=1&vsn=2.0.0");
  EXPECT_EQ(url_of("ws://h?next=/websocket"), "ws://h/websocket?next=/websocket&vsn=2.0.0");
  const auto full = endpoint_url("wss://h/s/?a=1", TransportKind::long_poll, {{"token", "x"}}, "1.0.0");
  EXPECT_EQ(full.value(), "wss://h/s/longpoll?a=1&token=x&vsn=1.0.0");
}

TEST(EndpointUrl, writes_params_as_plug_reads_them) {
  EXPECT_EQ(query_of("{}"), "vsn=2.0.0");
  EXPECT_EQ(query_of(R"({"b": "x", "a": "y"})"), "b=x&a=y&vsn=2.0.0") << "in their order";
  EXPECT_EQ(query_of(R"({"user": {"id": 7, "name": {"first": "ann"}}})"),
            "user%5Bid%5D=7&user%5Bname%5D%5Bfirst%5D=ann&vsn=2.0.0");
  EXPECT_EQ(query_of(R"({"tags": ["a", 1, true, null], "in": {"list": ["x"]}})"),
            "tags%5B%5D=a&tags%5B%5D=1&tags%5B%5D=true&tags%5B%5D=&in%5Blist%5D%5B%5D=x&vsn=2.0.0");
  EXPECT_EQ(query_of(R"({"n": null, "t": true, "f": false})"), "n=&t=true&f=false&vsn=2.0.0");
  EXPECT_EQ(query_of(R"({ "o" : {} , "l" : [ ] , "d" : { "e" : [] } , "x" : "" })"), "x=&vsn=2.0.0");
}

TEST(EndpointUrl, keeps_numbers_as_they_are_spelled) {
  EXPECT_EQ(query_of(R"({"a": 12345678901234567890123, "b": -0.10, "c": 1e+3})"),
            "a=12345678901234567890123&b=-0.10&c=1e%2B3&vsn=2.0.0");
}

TEST(EndpointUrl, encodes_what_has_a_meaning_in_a_query) {
  EXPECT_EQ(query_of(R"({"a&b=c": "d&e=f+g h%#?/\u0000\"\u00e9"})"),
            "a%26b%3Dc=d%26e%3Df%2Bg%20h%25%23%3F%2F%00%22%C3%A9&vsn=2.0.0");
  EXPECT_EQ(query_of(R"({"\ud83d\ude42": "~-._"})"), "%F0%9F%99%82=~-._&vsn=2.0.0");
}

TEST(EndpointUrl, says_which_params_a_query_cannot_hold) {
  EXPECT_NE(query_of(R"({"list": [1, {"a": 1}]})").find("the list \"list\" holds"), std::string::npos);
  EXPECT_NE(query_of(R"({"list": [[]]})").find("which a query cannot say"), std::string::npos);
  EXPECT_NE(query_of(R"({"a": {"": 1}})").find("a member within \"a\" has no name"), std::string::npos);
  for (const char* json : {"[]", "7", "\"a\"", "null"})
    EXPECT_NE(query_of(json).find("no JSON object: expected a JSON object"), std::string::npos);
  const auto binary = endpoint_url("ws://h", TransportKind::websocket, Payload::binary("{}"), "2.0.0");
  ASSERT_FALSE(binary);
  EXPECT_NE(binary.error().message.find("params are binary"), std::string::npos);
}

TEST(EndpointUrl, says_what_is_wrong_with_the_url) {
  EXPECT_EQ(url_of("http2://h"), "unknown scheme \"http2\": expected ws, wss, http or https");
  EXPECT_NE(url_of("ws://").find("no host"), std::string::npos);
  EXPECT_NE(url_of("ws://h:65536").find("1 to 65535"), std::string::npos);
  EXPECT_NE(url_of("ws://h/#a").find("fragment"), std::string::npos);
  EXPECT_EQ(url_of("ws://ann:hunter2@h:x/").find("hunter2"), std::string::npos);
}

TEST(EndpointUrl, leaves_out_the_user_and_the_password) {
  EXPECT_EQ(url_of("ws://ann:hunter2@h/s"), url_of("ws://h/s"));
}

// Params of all kinds, and what Plug makes of them.

std::string generate_text() {
  std::string text;
  for (int size = *rc::gen::inRange(0, 5); size > 0; --size)
    text += *rc::gen::element<std::string>("a", "B", "7", " ", "+", "%", "&", "=", "#", "?", "/", ";", "%41", "\"",
                                           "\\", "\n", "é", "🙂", std::string(1, '\0'));
  return text;
}

Json string(std::string_view text) {
  return Json(boost::json::string_view(text.data(), text.size()));
}

Json generate_scalar() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::arbitrary<std::int64_t>();
    default:
      return string(generate_text());
  }
}

JsonObject generate_object(int depth) {
  JsonObject object;
  for (int size = *rc::gen::inRange(0, 4); size > 0; --size) {
    const std::string name = "k" + generate_text();
    const int kind = *rc::gen::inRange(0, depth > 0 ? 4 : 3);
    if (kind == 3) {
      object[name] = generate_object(depth - 1);
    } else if (kind == 2) {
      JsonArray list;
      for (int items = *rc::gen::inRange(0, 4); items > 0; --items) list.push_back(generate_scalar());
      object[name] = std::move(list);
    } else {
      object[name] = generate_scalar();
    }
  }
  return object;
}

/// Every value as a string; nothing for what is empty.
Json as_plug_reads(const Json& value) {
  if (value.is_string()) return value;
  if (value.is_null()) return "";
  if (const auto* list = value.if_array()) {
    JsonArray strings;
    for (const Json& item : *list) strings.push_back(as_plug_reads(item));
    return strings;
  }
  if (const auto* object = value.if_object()) {
    JsonObject strings;
    for (const auto& member : *object) {
      const Json read = as_plug_reads(member.value());
      const bool is_empty =
          (read.is_object() && read.get_object().empty()) || (read.is_array() && read.get_array().empty());
      if (!is_empty) strings[member.key()] = read;
    }
    return strings;
  }
  return string(boost::json::serialize(value));
}

RC_GTEST_PROP(EndpointUrl, our_own_server_reads_the_params_that_were_given, ()) {
  const JsonObject params = generate_object(3);
  const auto url = endpoint_url("wss://h/s", TransportKind::websocket, Json(params), "2.0.0");
  RC_ASSERT(url);
  for (const char c : *url) RC_ASSERT(c > ' ' && c < 0x7f);
  auto read = http::decode_query(url->substr(url->find('?') + 1));
  RC_ASSERT(read);
  RC_ASSERT(read->at("vsn") == "2.0.0");
  read->erase("vsn");
  RC_ASSERT(Json(*read) == as_plug_reads(params));
}

}  // namespace
}  // namespace suzaku::client::core

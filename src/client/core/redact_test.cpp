#include "client/core/redact.hpp"

#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "client/core/endpoint_url.hpp"
#include "protocol/json_generator.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::client::core {
namespace {

const std::vector<std::string> kSecrets = {"token", "password", "api_key"};

std::string redacted_url(std::string_view text) {
  return redact_url(text, kSecrets);
}
std::string redacted_json(std::string_view text) {
  return redact_json(text, kSecrets);
}

TEST(RedactUrl, hides_the_values_of_secrets_in_the_query) {
  EXPECT_EQ(redacted_url("wss://h/s?token=abc&room=1"), "wss://h/s?token=[redacted]&room=1");
  EXPECT_EQ(redacted_url("wss://h/s?a=1&user_Token=a=b&PASSWORD=&x"),
            "wss://h/s?a=1&user_Token=[redacted]&PASSWORD=[redacted]&x");
  EXPECT_EQ(redacted_url("/s?token=1#token=2"), "/s?token=[redacted]#token=2") << "a fragment is never sent";
}

TEST(RedactUrl, sees_through_encoded_and_nested_names) {
  EXPECT_EQ(redacted_url("ws://h/?%74oken=a&user%5Bapi%5Fkey%5D=b&token[x][]=c&api+key=d"),
            "ws://h/?%74oken=[redacted]&user%5Bapi%5Fkey%5D=[redacted]&token[x][]=[redacted]&api+key=d");
}

TEST(RedactUrl, reads_a_plus_in_a_name_as_a_space) {
  EXPECT_EQ(redact_url("ws://h/?pass+word=a", std::vector<std::string>{"pass word"}), "ws://h/?pass+word=[redacted]");
}

TEST(RedactUrl, hides_who_logs_in) {
  EXPECT_EQ(redacted_url("http://ann:pw@proxy:8080"), "http://[redacted]@proxy:8080");
  EXPECT_EQ(redacted_url("ann:p@w@proxy:8080/?a=@"), "[redacted]@proxy:8080/?a=@");
  EXPECT_EQ(redacted_url("ws://h/@x"), "ws://h/@x");
}

TEST(RedactUrl, leaves_all_other_text_as_it_is) {
  for (const char* text : {"", "ws://h", "ws://h/s?", "ws://h/token=a?b=token", "ws://h/?&&=&a", "%zz?%=%",
                           "ws://h/?=token", "ws://h/?token", "#?token=x"})
    EXPECT_EQ(redacted_url(text), text);
}

TEST(RedactJson, hides_members_at_any_depth) {
  EXPECT_EQ(
      redacted_json(R"(["1","2","room:a","phx_join",{"token":"abc","user":{"Password":[1,{"a":2}],"name":"ann"}}])"),
      R"(["1","2","room:a","phx_join",{"token":"[redacted]","user":{"Password":"[redacted]","name":"ann"}}])");
  EXPECT_EQ(redacted_json(R"({"topic":"t","payload":{"list":[[{"USER_API_KEY_2":null}]]}})"),
            R"({"topic":"t","payload":{"list":[[{"USER_API_KEY_2":"[redacted]"}]]}})");
}

TEST(RedactJson, sees_through_escaped_names) {
  EXPECT_EQ(redacted_json(R"({"\u0074oken":1,"\ud83d\ude42token\n":2,"t\\oken":3,"tok\u0000en":4})"),
            R"({"\u0074oken":"[redacted]","\ud83d\ude42token\n":"[redacted]","t\\oken":3,"tok\u0000en":4})");
}

TEST(RedactJson, leaves_all_other_text_as_it_is) {
  for (const char* text : {R"( [ 1 , 1.0e+3,12345678901234567890123 , "token", "\u00e9\/" , { } , [ ] , null ] )", "7",
                           " -0.0 ", R"("token")", "null", "{}", "[]", R"({"a" :	"token"})"})
    EXPECT_EQ(redacted_json(text), text);
  EXPECT_EQ(redacted_json("{ \"token\" : {\"a\":1} , \"b\" : [ 1 ]\n}"),
            "{ \"token\" : \"[redacted]\" , \"b\" : [ 1 ]\n}");
}

TEST(RedactJson, shows_only_the_size_of_what_it_cannot_read) {
  EXPECT_EQ(redacted_json(R"({"token":"abc")"), "[not JSON: 14 bytes]");
  EXPECT_EQ(redacted_json("token=abc"), "[not JSON: 9 bytes]");
  EXPECT_EQ(redacted_json(""), "[not JSON: 0 bytes]");
  EXPECT_EQ(redacted_json("{\"\xff\":1}"), "[not JSON: 7 bytes]");
  EXPECT_EQ(redacted_json(R"({"\ud800token":"abc"})"), "[not JSON: 21 bytes]");
  EXPECT_EQ(redacted_json(R"({"a":1}{"token":"abc"})"), "[not JSON: 22 bytes]");
}

TEST(RedactJson, copes_with_deep_nesting) {
  std::string deep = R"({"token":"abc"})";
  for (int i = 0; i < 1000; ++i) deep = "[" + deep + "]";
  EXPECT_EQ(redacted_json(deep).find("abc"), std::string::npos);
  EXPECT_EQ(redacted_json(std::string(100'000, '[')), "[not JSON: 100000 bytes]");
}

TEST(RedactJson, hides_everything_when_a_word_is_empty_and_nothing_without_words) {
  EXPECT_EQ(redact_json(R"({"a":1})", std::vector<std::string>{""}), R"({"a":"[redacted]"})");
  EXPECT_EQ(redact_json(R"({"token":1})", {}), R"({"token":1})");
}

// Against a value in which the same is done to the parsed JSON.
Json hide(const Json& value) {
  if (const auto* list = value.if_array()) {
    JsonArray out;
    for (const Json& item : *list) out.push_back(hide(item));
    return out;
  }
  if (const auto* object = value.if_object()) {
    JsonObject out;
    for (const auto& member : *object) {
      const bool secret = std::string_view(member.key()).find('9') != std::string_view::npos;
      out[member.key()] = secret ? Json("[redacted]") : hide(member.value());
    }
    return out;
  }
  return value;
}

RC_GTEST_PROP(RedactJson, does_to_text_what_is_done_to_values, ()) {
  const std::string text =
      protocol::test::generate_space() + protocol::test::generate_json() + protocol::test::generate_space();
  const std::vector<std::string> nine = {"9"};
  const std::string shown = redact_json(text, nine);
  RC_ASSERT(protocol::value_of(shown) == hide(protocol::value_of(text)));
  RC_ASSERT(redact_json(text, std::vector<std::string>{"no such name"}) == text);
}

TEST(RedactUrl, hides_the_secret_params_of_an_endpoint) {
  const Payload params{{"user", JsonObject{{"token", "hunter2"}, {"id", 1}}}, {"api_key", JsonArray{"hunter2"}}};
  const auto full = endpoint_url("wss://h/s?password=hunter2", TransportKind::websocket, params, "2.0.0");
  EXPECT_EQ(redacted_url(full.value()),
            "wss://h/s/websocket?password=[redacted]&user%5Btoken%5D=[redacted]&user%5Bid%5D=1"
            "&api_key%5B%5D=[redacted]&vsn=2.0.0");
}

}  // namespace
}  // namespace suzaku::client::core

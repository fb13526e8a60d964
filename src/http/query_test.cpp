#include "http/query.hpp"

#include <map>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::http {
namespace {

std::string decoded(std::string_view query) {
  const auto params = decode_query(query);
  return params ? boost::json::serialize(*params) : "failure: " + params.error().message;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789aBcDeF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte / 16], kHex[byte % 16]};
  }
  return out;
}

TEST(DecodeQuery, reads_what_plug_reads) {
  for (const auto& [query, json] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"", "{}"},
           {"&&", "{}"},
           {"foo=bar&baz=bat", R"({"foo":"bar","baz":"bat"})"},
           {"e", R"({"e":""})"},
           {"e=", R"({"e":""})"},
           {"=", R"({"":""})"},
           {"=v", R"({"":"v"})"},
           {"a=b=c", R"({"a":"b=c"})"},
           {"a+b=c+d%20e", R"({"a b":"c d e"})"},
           {"a=%zz%4&b=%", R"({"a":"%zz%4","b":"%"})"},
           {"a=%C3%A9", R"({"a":"é"})"},
           {"a=1&a=2", R"({"a":"2"})"},
           {"u[name]=x&u[age]=17", R"({"u":{"name":"x","age":"17"}})"},
           {"u%5Bname%5D=x", R"({"u":{"name":"x"}})"},
           {"x[y][z]=1&x[y][z]=2", R"({"x":{"y":{"z":"2"}}})"},
           {"c[]=2&c[]=3", R"({"c":["2","3"]})"},
           {"c[]", R"({"c":[""]})"},
           {"x[y][z][]=1&x[y][z][]=2", R"({"x":{"y":{"z":["1","2"]}}})"},
           {"x[][z]=1&x[][z]=2", R"({"x":[{"z":"1"},{"z":"2"}]})"},
           {"x[][z][]=1", R"({"x":[{"z":["1"]}]})"},
           {"[a]=1", R"({"":{"a":"1"}})"},
           {"a]=1&b[=2&c[d]e=3", R"({"a]":"1","b[":"2","c[d]e":"3"})"},
       })
    EXPECT_EQ(decoded(query), json) << query;
}

TEST(DecodeQuery, lets_the_last_of_two_shapes_win) {
  EXPECT_EQ(decoded("x=1&x[y]=2"), R"({"x":{"y":"2"}})");
  EXPECT_EQ(decoded("x[y]=2&x=1"), R"({"x":"1"})");
  EXPECT_EQ(decoded("x[]=1&x[y]=2"), R"({"x":{"y":"2"}})");
  EXPECT_EQ(decoded("x[y]=2&x[]=1"), R"({"x":["1"]})");
  EXPECT_EQ(decoded("x[y][][w]=2&x[y]=1"), R"({"x":{"y":"1"}})");
}

TEST(DecodeQuery, fails_on_invalid_utf8_and_names_it) {
  EXPECT_EQ(decoded("ok=1&name=%ff"), "failure: invalid UTF-8 in the query parameter \"name=%ff\"");
  EXPECT_EQ(decoded("%c3=1"), "failure: invalid UTF-8 in the query parameter \"%c3=1\"");
  EXPECT_EQ(decoded("a=%ed%a0%80"), "failure: invalid UTF-8 in the query parameter \"a=%ed%a0%80\"");
  EXPECT_EQ(decoded("a=\xff"), "failure: invalid UTF-8 in the query parameter \"a=\ufffd\"");
}

TEST(DecodeQuery, holds_its_limits) {
  const auto nested = [](std::size_t depth) {
    std::string query = "a";
    for (std::size_t i = 0; i < depth; ++i) query += "[b]";
    return query + "=1";
  };
  EXPECT_TRUE(decode_query(nested(kMaxQueryDepth)));
  EXPECT_FALSE(decode_query(nested(kMaxQueryDepth + 1)));

  std::string many = "a=1";
  for (std::size_t i = 1; i < kMaxQueryParameters; ++i) many += "&a=1";
  EXPECT_TRUE(decode_query(many));
  EXPECT_FALSE(decode_query(many + "&a=1"));
}

TEST(PercentDecode, leaves_what_is_no_escape) {
  EXPECT_EQ(percent_decode("a%41%6a%6A", false), "aAjj");
  EXPECT_EQ(percent_decode("%", false), "%");
  EXPECT_EQ(percent_decode("%4", false), "%4");
  EXPECT_EQ(percent_decode("%4g%g4%%41", false), "%4g%g4%A");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
  EXPECT_EQ(percent_decode("a+b%2b", true), "a b+");
}

TEST(PathSegments, drops_empty_parts_and_decodes_the_others) {
  EXPECT_EQ(path_segments("//socket//websocket/"), (std::vector<std::string>{"socket", "websocket"}));
  EXPECT_EQ(path_segments("/a%2Fb/c+d"), (std::vector<std::string>{"a/b", "c+d"}));
  EXPECT_EQ(path_segments("/a/b/c/d", 2), (std::vector<std::string>{"a", "b", "c"})) << "too many, and no more of them";
  EXPECT_EQ(path_segments("/a/b", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(path_segments("/").empty());
  EXPECT_TRUE(path_segments("").empty());
}

RC_GTEST_PROP(PercentDecode, undoes_encoding, (const std::string& text, bool plus_is_space)) {
  RC_ASSERT(percent_decode(percent_encode(text), plus_is_space) == text);
}

RC_GTEST_PROP(DecodeQuery, gives_back_flat_parameters, ()) {
  const auto ascii = rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
  const auto pairs = *rc::gen::container<std::map<std::string, std::string>>(ascii, ascii);
  std::string query;
  JsonObject expected;
  for (const auto& [key, value] : pairs) {
    RC_PRE(!key.ends_with(']'));
    query += percent_encode(key) + '=' + percent_encode(value) + '&';
    expected[key] = value;
  }
  const auto params = decode_query(query);
  RC_ASSERT(params.has_value());
  RC_ASSERT(*params == expected);
}

}  // namespace
}  // namespace suzaku::http

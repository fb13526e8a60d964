#include "config/yaml_tree.hpp"

#include <gtest/gtest.h>

namespace suzaku::config {
namespace {

/// In one line; plain scalars as they are, others in quotes, with the place of each.
std::string shown(const YamlNode& node) {
  std::string text = std::to_string(node.place.line) + ":" + std::to_string(node.place.column) + " ";
  switch (node.kind) {
    case YamlNode::Kind::nothing:
      return text + "nothing";
    case YamlNode::Kind::scalar:
      return text + (node.is_plain ? node.text : '"' + node.text + '"');
    case YamlNode::Kind::list:
      text += "[ ";
      for (const auto& item : node.items) text += shown(*item) + " ";
      return text + "]";
    case YamlNode::Kind::mapping:
      text += "{ ";
      for (const auto& [name, value] : node.entries) text += shown(*name) + " = " + shown(*value) + " ";
      return text + "}";
  }
  return {};
}

std::string parsed(const std::string& text) {
  const auto root = parse_yaml(text);
  if (root) return shown(**root);
  const auto& [place, message] = root.error();
  return std::to_string(place.line) + ":" + std::to_string(place.column) + " error: " + message;
}

TEST(YamlTree, HasThePlaceOfEachValue) {
  EXPECT_EQ(parsed("a: 1\nb:\n  - x\n  - \"y\"\nc: {d: ~}\n"),
            "1:1 { 1:1 a = 1:4 1 2:1 b = 3:3 [ 3:5 x 4:5 \"y\" ] 5:1 c = 5:4 { 5:5 d = 5:8 nothing } }");
}

TEST(YamlTree, OfAnEmptyFileIsNothing) {
  for (const auto* text : {"", "# a: 1\n", "---\n", "null"}) EXPECT_TRUE(parsed(text).ends_with(" nothing")) << text;
}

TEST(YamlTree, HasWhatAnAliasStandsForWhereTheAliasIs) {
  EXPECT_EQ(parsed("a: &x [1]\nb: *x\n"), "1:1 { 1:1 a = 1:4 [ 1:8 1 ] 2:1 b = 2:4 [ 1:8 1 ] }");
}

TEST(YamlTree, RefusesWhatIsNoYaml) {
  EXPECT_TRUE(parsed("port: 1\n  host: [").starts_with("2:7 error: this is not YAML: "));
  EXPECT_TRUE(parsed("port: *nowhere").starts_with("1:7 error: this is not YAML: "));
  EXPECT_TRUE(parsed("\tport: 1").find("this is not YAML") != std::string::npos);
  EXPECT_EQ(parsed("a: \xff"), "1:1 error: the file holds bytes that are no UTF-8, or NUL");
  EXPECT_EQ(parsed("a: 1\n---\nb: 2"), "2:1 error: found a second document, expected one");
  EXPECT_TRUE(parsed("a:\n  b: 1\n\tc: 2\n").ends_with("; YAML allows no tabs at the beginning of a line"));
  EXPECT_EQ(parsed("a: {}\nb: {<<: {}}"), "2:5 error: merge keys (<<) are not supported; write the settings out");
  EXPECT_EQ(parsed("b: {\"<<\": 1}"), "1:1 { 1:1 b = 1:4 { 1:5 \"<<\" = 1:11 1 } }");
}

TEST(YamlTree, RefusesTags) {
  const std::string rest =
      ", which is not understood here; write the value without a tag, and text that looks like "
      "something else in quotes";
  EXPECT_EQ(parsed("a: !!binary aGVsbG8="), "1:4 error: found the tag !!binary" + rest);
  EXPECT_EQ(parsed("a: !!str 7"), "1:4 error: found the tag !!str" + rest);
  EXPECT_EQ(parsed("a: !!str"), "1:4 error: found the tag !!str" + rest);
  EXPECT_EQ(parsed("a: !secret \"x\""), "1:4 error: found the tag !secret" + rest);
  EXPECT_EQ(parsed("a:\n  - !!set {b}"), "2:5 error: found the tag !!set" + rest);
  EXPECT_EQ(parsed("a: !!omap [b: 1]"), "1:4 error: found the tag !!omap" + rest);
  EXPECT_EQ(parsed("!!str a: 1"), "1:1 error: found the tag !!str" + rest);
  EXPECT_EQ(parsed("a: !<tag:example.com,2000:x> 1"), "1:4 error: found the tag tag:example.com,2000:x" + rest);
  EXPECT_EQ(parsed("a: \"!!binary x\""), "1:1 { 1:1 a = 1:4 \"!!binary x\" }");
}

TEST(YamlTree, RefusesWhatIsTooMuch) {
  EXPECT_EQ(parsed(std::string(kLargestFile + 1, '#')), "1:1 error: the file has more than 1048576 bytes");
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_yaml(nested(kDeepest)));
  EXPECT_EQ(parsed(nested(kDeepest + 1)), "1:51 error: found more than 50 lists and mappings in one another");
  EXPECT_FALSE(parse_yaml(nested(kLargestFile / 2)));
  std::string blocks;
  for (int i = 0; i < 10'000; ++i) blocks += "- ";
  EXPECT_FALSE(parse_yaml(blocks));
}

TEST(YamlTree, RefusesAliasesThatGrowAndGrow) {
  std::string bomb = "- &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += "- &a" + std::to_string(i) + " [" + alias;
    for (int j = 1; j < 10; ++j) bomb += ", " + alias;
    bomb += "]\n";
  }
  EXPECT_EQ(parsed(bomb), "5:43 error: found more than 100000 values, aliases filled in");
  EXPECT_EQ(parsed("a: &x [*x]"), "1:8 error: found an alias within what it stands for");
}

}  // namespace
}  // namespace suzaku::config

#include "config/yaml_file.hpp"

#include <gtest/gtest.h>

namespace suzaku::config {
namespace {

const std::vector<Option> kOptions = [] {
  std::vector<Option> options(4);
  options[0].key = "port";
  options[1].key = "origins";
  options[1].shape = Option::Shape::list;
  options[2].key = "log.level";
  options[3].key = "log.format";
  return options;
}();

Result<std::vector<Setting>> read(const std::string& text) {
  return read_yaml(text, "a.yaml", kOptions, [](const std::string& name) -> std::optional<std::string> {
    return name == "PORT" ? std::optional<std::string>("4001") : std::nullopt;
  });
}

/// The settings as "place key=value" lines, or what is wrong.
std::string shown(const std::string& text) {
  const auto settings = read(text);
  if (!settings) return settings.error().message;
  std::string lines;
  for (const auto& [option, value, place] : *settings) lines += place + " " + option->key + "=" + value + "\n";
  return lines;
}

TEST(YamlFile, GivesEachValueWithItsPlace) {
  EXPECT_EQ(shown("port: 80\nlog:\n  level: info\n  format: \"json\"\n"),
            "a.yaml:1:7 port=80\na.yaml:3:10 log.level=info\na.yaml:4:11 log.format=json\n");
}

TEST(YamlFile, MayBeEmptyOrCommentedOut) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("# port: 80\n"), "");
  EXPECT_EQ(shown("log:\n#  level: info\n"), "");
}

TEST(YamlFile, JoinsListsWhereTheyAreAllowed) {
  EXPECT_EQ(shown("origins:\n  - //a\n  - //b.${PORT}\n"), "a.yaml:2:3 origins=//a,//b.4001\n");
  EXPECT_EQ(shown("port: [80]"), "a.yaml:1:7: port: found a list, expected a single value");
  EXPECT_EQ(shown("origins: [[x]]"), "a.yaml:1:11: origins: expected a list of plain values");
}

TEST(YamlFile, FillsInEnvironmentVariables) {
  EXPECT_EQ(shown("port: ${PORT}"), "a.yaml:1:7 port=4001\n");
  EXPECT_EQ(shown("\n  port: ${NOBODY}"),
            "a.yaml:2:9: port: the environment variable NOBODY is not set; set it, or write a default: ${NOBODY:-...}");
}

TEST(YamlFile, SaysWhereAnUnknownKeyIsAndWhatWasMeant) {
  EXPECT_EQ(shown("prot: 80"), "a.yaml:1:1: prot: unknown key; did you mean port?");
  EXPECT_EQ(shown("log:\n  levle: info"), "a.yaml:2:3: log.levle: unknown key; did you mean log.level?");
  EXPECT_EQ(shown("log:\n  colour: true"), "a.yaml:2:3: log.colour: unknown key; log has level, format");
  EXPECT_EQ(shown("database: x"), "a.yaml:1:1: database: unknown key; `suzaku server --help` lists them");
  EXPECT_EQ(shown("lgo:\n  level: info"), "a.yaml:1:1: lgo: unknown key; did you mean log?");
}

TEST(YamlFile, RefusesAKeyThatIsGivenTwice) {
  EXPECT_EQ(shown("port: 1\nport: 2"), "a.yaml:2:1: port: given twice; it is set already at a.yaml:1:1");
}

TEST(YamlFile, RefusesValuesOfTheWrongShape) {
  EXPECT_EQ(shown("log:\n  level:"), "a.yaml:2:3: log.level: found no value; write one, or leave the key out");
  EXPECT_EQ(shown("port: {a: 1}"), "a.yaml:1:7: port: found a mapping, expected a single value");
  EXPECT_EQ(shown("log: info"), "a.yaml:1:6: log: found \"info\", expected a mapping with level, format");
  EXPECT_EQ(shown("- port"), "a.yaml:1:1: found a list, expected a mapping such as \"port: 4000\"");
  EXPECT_EQ(shown("port: 1\n---\nport: 2"), "a.yaml:3:1: found a second document, expected one");
  EXPECT_EQ(shown("[a]: 1"), "a.yaml:1:1: found a list, expected the name of a setting");
}

TEST(YamlFile, SaysWhereItIsNotYaml) {
  EXPECT_EQ(shown("port: 1\n  host: [").substr(0, 29), "a.yaml:2:7: this is not YAML:");
  EXPECT_FALSE(read("port: *nowhere"));
  EXPECT_FALSE(read("\tport: 1"));
  EXPECT_FALSE(read(std::string(10'000, '[')));
}

TEST(YamlFile, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(read_text("/nowhere/suzaku.yaml").error().message,
            "cannot read the configuration file /nowhere/suzaku.yaml: No such file or directory");
  EXPECT_EQ(read_text("/").error().message, "cannot read the configuration file /: Is a directory");
  EXPECT_EQ(read_text("/dev/null"), "");
}

}  // namespace
}  // namespace suzaku::config

#include "config/json_value.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/config_test.hpp"
#include "config/document.hpp"

namespace suzaku::config {
namespace {

std::string json(const std::string& yaml) {
  std::string json;
  const auto mistakes = read_document(yaml, "a.yaml", environment_of({{"SEVEN", "7"}}),
                                      [&](const Value& value) { json = json_of(value, true).value_or(""); });
  return mistakes.empty() ? json : lines(mistakes);
}

TEST(JsonValue, PlainScalarsAreWhatYamlSays) {
  EXPECT_EQ(json("[true, True, FALSE, false, null, ~, Null]"), "[true,true,false,false,null,null,null]");
  EXPECT_EQ(json("[0, 7, -12, +5, 007, 2.50, -0.1, .5, 5., 1e3, 1.5E-3, 2e+07, 0x1F, 0o17]"),
            "[0,7,-12,5,7,2.50,-0.1,0.5,5.0,1e3,1.5e-3,2e+07,31,15]");
  EXPECT_EQ(json("[12345678901234567890123, -0]"), "[12345678901234567890123,-0]");
}

TEST(JsonValue, AllElseIsAString) {
  EXPECT_EQ(
      json("[yes, no, on, 1.2.3, 2026-01-01, 1e, ., -, +, e5, .inf, .nan, 0x, 0xg, 1_000, '7', \"true\"]"),
      R"(["yes","no","on","1.2.3","2026-01-01","1e",".","-","+","e5",".inf",".nan","0x","0xg","1_000","7","true"])");
  EXPECT_EQ(json("\"a\\\"\\n\\u00e9\""), "\"a\\\"\\n\xc3\xa9\"");
}

TEST(JsonValue, WhatAVariableHoldsIsAString) {
  EXPECT_EQ(json("[\"${SEVEN}\", x, \"${NO:-true}\"]"), R"(["7","x","true"])");
  EXPECT_EQ(json("a: ${SEVEN}"), R"({"a":"7"})");
}

TEST(JsonValue, NestsAndTellsAllMistakes) {
  EXPECT_EQ(json("{a: {b: [], c: {}}, \"d\\\"\": [[1]]}"), R"({"a":{"b":[],"c":{}},"d\"":[[1]]})");
  EXPECT_EQ(json("a: ${NOBODY}\nb: [\"${}\"]\nb: 1\n"),
            "a.yaml:1:4: a: the environment variable NOBODY is not set; set it, or write a default: ${NOBODY:-...}\n"
            "a.yaml:2:5: b[0]: found \"${\" without a name behind it, expected ${VARIABLE} or ${VARIABLE:-default}\n"
            "a.yaml:3:1: b: given twice; it is set already in line 2, column 1\n");
}

}  // namespace
}  // namespace suzaku::config

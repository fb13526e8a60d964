#include "sinks/push_command.hpp"

#include <string>

#include <gtest/gtest.h>

namespace suzaku::sinks {
namespace {

/// The reason why the line is refused.
std::string refusal(std::string_view line) {
  const auto command = parse_push_command(line);
  return command ? "it was read" : command.error().message;
}

constexpr std::string_view kForm = R"({"push": {"connection": "...", "topic": "...", "event": "...", "payload": ...}})";

TEST(PushCommand, reads_what_to_push_and_where) {
  const auto command = parse_push_command(
      R"( {"push": {"connection": "backend", "topic": "room:\u0031", "event": "shout", "payload": {"n": [1, "\"}"]}}} )");
  ASSERT_TRUE(command.has_value()) << command.error().message;
  EXPECT_EQ(command->connection, "backend");
  EXPECT_EQ(command->topic, "room:1");
  EXPECT_EQ(command->event, "shout");
  EXPECT_EQ(command->payload.raw(), R"({"n": [1, "\"}"]})");
  EXPECT_TRUE(command->payload.is_object());
}

TEST(PushCommand, payload_is_any_json_and_is_not_changed) {
  for (const std::string payload : {"12345678901234567890123456789", "1.50", "null", "[1, 2]", R"("a")", "true"}) {
    const auto command =
        parse_push_command(R"({"push":{"payload":)" + payload + R"(,"event":"e","topic":"t","connection":"c"}})");
    ASSERT_TRUE(command.has_value()) << command.error().message;
    EXPECT_EQ(command->payload.raw(), payload);
    EXPECT_FALSE(command->payload.is_object());
  }
}

TEST(PushCommand, payload_that_is_absent_is_the_empty_object) {
  const auto command = parse_push_command(R"({"push":{"connection":"c","topic":"t","event":"e"}})");
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->payload.raw(), "{}");
}

TEST(PushCommand, payload_outlives_the_line) {
  std::string line = R"({"push":{"connection":"c","topic":"t","event":"e","payload":{"a":1}}})";
  const auto command = parse_push_command(line);
  line.assign(line.size(), 'x');
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->payload.raw(), R"({"a":1})");
}

TEST(PushCommand, refusal_names_what_was_found_and_expected) {
  for (const auto* line : {"", " ", "hello", "{", R"({"push":)", "\xff", R"({"push":{}} x)"}) {
    const std::string why = refusal(line);
    EXPECT_TRUE(why.starts_with("the line is no JSON, expected {")) << line << ": " << why;
    EXPECT_TRUE(why.ends_with(kForm)) << why;
  }
  const std::string expected = ", expected " + std::string(kForm);
  EXPECT_EQ(refusal("17"), "found a number" + expected);
  EXPECT_EQ(refusal("null"), "found null" + expected);
  EXPECT_EQ(refusal("[]"), "found an array" + expected);
  EXPECT_EQ(refusal(R"("push")"), "found a string" + expected);
  EXPECT_EQ(refusal("{}"), "found no \"push\"" + expected);
  EXPECT_EQ(refusal(R"({"pull": {}})"), "found \"pull\"" + expected);
  EXPECT_EQ(refusal(R"({"push": true})"), "found a boolean as \"push\", expected an object");
  EXPECT_EQ(refusal(R"({"push": {"topic": 1}})"), "found a number as \"topic\", expected a string");
  EXPECT_EQ(refusal(R"({"push": {"connection": "c", "topic": "", "event": "e"}})"),
            "\"topic\" is absent or empty, expected a name");
  EXPECT_EQ(refusal(R"({"push": {"connection": "c", "topic": "t"}})"), "\"event\" is absent or empty, expected a name");
  EXPECT_EQ(refusal(R"({"push": {"ref": 1}})"),
            R"(found "ref", expected "connection", "topic", "event" and "payload")");
  EXPECT_EQ(refusal(R"({"push": {"topic": "t", "topic": "u"}})"), "\"topic\" stands there twice");
  EXPECT_EQ(refusal(R"({"push": {}, "push": {}})"), "\"push\" stands there twice");
}

TEST(PushCommand, deep_nesting_does_no_harm) {
  const std::string deep(100'000, '[');
  EXPECT_TRUE(refusal(deep).starts_with("the line is no JSON"));
  const std::string shut = std::string(900, '[') + std::string(900, ']');
  EXPECT_EQ(refusal(R"({"push":{"connection":"c","topic":"t","event":"e","payload":)" + shut + "}}"), "it was read");
}

}  // namespace
}  // namespace suzaku::sinks

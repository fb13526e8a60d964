#include "sinks/push_command.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "protocol/json_text.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::string_view kForm = R"({"push": {"connection": "...", "topic": "...", "event": "...", "payload": ...}})";

std::string string_of(std::string_view text) {
  const Json value = protocol::value_of(text);
  return {value.as_string().data(), value.as_string().size()};
}

std::string_view kind_of(char first) noexcept {
  switch (first) {
    case '{':
      return "an object";
    case '[':
      return "an array";
    case '"':
      return "a string";
    case 'n':
      return "null";
    case 't':
    case 'f':
      return "a boolean";
    default:
      return "a number";
  }
}

/// Calls member(name, text of the value) for each member of a valid JSON object, until a call fails.
template <class Member>
Result<void> for_each_member(std::string_view object, const Member& member) {
  std::set<std::string> seen;
  protocol::JsonCursor cursor(object);
  cursor.take();
  while (cursor.peek() != '}') {
    const std::string name = string_of(cursor.value());
    if (!seen.insert(name).second) return failure(fmt::format("\"{}\" stands there twice", name));
    cursor.take();  // the colon
    cursor.peek();
    if (auto put = member(name, cursor.value()); !put) return put;
    if (cursor.peek() == ',') cursor.take();
  }
  return {};
}

Result<void> put_text(std::string& into, std::string_view name, std::string_view text) {
  if (text.front() != '"')
    return failure(fmt::format("found {} as \"{}\", expected a string", kind_of(text.front()), name));
  into = string_of(text);
  return {};
}

Result<void> put(PushCommand& command, std::string_view name, std::string_view text) {
  if (name == "connection") return put_text(command.connection, name, text);
  if (name == "topic") return put_text(command.topic, name, text);
  if (name == "event") return put_text(command.event, name, text);
  if (name != "payload") {
    return failure(fmt::format("found \"{}\", expected \"connection\", \"topic\", \"event\" and \"payload\"", name));
  }
  const Payload view = Payload::view(text, text.front() == '{' ? Payload::Kind::json_object : Payload::Kind::json);
  command.payload = view;  // the copy of a view owns its bytes
  return {};
}

Result<PushCommand> read_push(std::string_view push) {
  if (push.front() != '{')
    return failure(fmt::format("found {} as \"push\", expected an object", kind_of(push.front())));
  PushCommand command;
  auto read =
      for_each_member(push, [&](std::string_view name, std::string_view text) { return put(command, name, text); });
  if (!read) return failure(std::move(read.error().message));
  for (const auto& [name, text] : {std::pair("connection", &command.connection), std::pair("topic", &command.topic),
                                   std::pair("event", &command.event)}) {
    if (text->empty()) return failure(fmt::format("\"{}\" is absent or empty, expected a name", name));
  }
  return command;
}

}  // namespace

Result<PushCommand> parse_push_command(std::string_view line) {
  protocol::StrictJson parser;
  const auto parsed = parser.parse_unpadded(line);
  if (!parsed) return failure(fmt::format("the line is no JSON, expected {}", kForm));
  protocol::JsonCursor cursor(line);
  const char first = cursor.peek();
  if (first != '{') return failure(fmt::format("found {}, expected {}", kind_of(first), kForm));
  std::string_view push;
  auto read = for_each_member(cursor.value(), [&](std::string_view name, std::string_view value) -> Result<void> {
    if (name != "push") return failure(fmt::format("found \"{}\", expected {}", name, kForm));
    push = value;
    return {};
  });
  if (!read) return failure(std::move(read.error().message));
  if (push.empty()) return failure(fmt::format("found no \"push\", expected {}", kForm));
  return read_push(push);
}

}  // namespace suzaku::sinks

#include "json_lines.hpp"

#include <array>
#include <cstdio>

#include "base/base64.hpp"
#include "base/printable.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::program {

void JsonLine::name(std::string_view name) {
  if (line_.size() > 1) line_ += ',';
  line_.append("\"").append(name).append("\":");
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  protocol::require_utf8(value);
  std::string string;
  protocol::append_json_string(string, value);
  return json(name, string);
}

JsonLine& JsonLine::json(std::string_view name, std::string_view value) {
  this->name(name);
  line_ += printable_json(value);
  return *this;
}

JsonLine& JsonLine::payload(std::string_view name, const Payload& value) {
  if (!value.is_binary()) return json(name, value.raw());
  return json(name, R"({"binary":")" + base64(value.raw()) + "\"}");
}

JsonLine& JsonLine::number(std::string_view name, std::size_t value) {
  return json(name, std::to_string(value));
}

JsonLine& JsonLine::milliseconds(std::string_view name, std::optional<std::chrono::nanoseconds> value) {
  return json(name, value ? print_milliseconds(*value) : "null");
}

std::string message_line(std::string_view topic, std::string_view event, const Payload& payload) {
  return JsonLine().text("topic", topic).text("event", event).payload("payload", payload).str();
}

std::string print_milliseconds(std::chrono::nanoseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::chrono::duration<double, std::milli>(time).count());
  return text.data();
}

}  // namespace suzaku::program

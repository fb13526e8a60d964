#include <atomic>
#include <cstdint>
#include <random>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <suzaku/signals/signal.hpp>

#include "base/base64.hpp"
#include "protocol/json_text.hpp"
#include "signals/signal_rules.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::signals {
namespace {

std::string random_prefix() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}-", random(), random(), random());
}

/// Nearly all attributes are. The check is faster than escaping them and checking their UTF-8.
bool is_plain_ascii(std::string_view text) noexcept {
  bool is_plain = true;
  for (const unsigned char c : text) is_plain &= c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
  return is_plain;
}

void append_string(std::string& out, std::string_view text) {
  if (!is_plain_ascii(text)) return protocol::append_json_string(out, valid_text(text));
  out += '"';
  out += text;
  out += '"';
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  append_string(out, value);
}

void append_extension(std::string& out, std::string_view name, const Json& value) {
  out += ',';
  protocol::append_json_string(out, name);
  out += ':';
  if (const auto* text = value.if_string()) return append_string(out, {text->data(), text->size()});
  out += boost::json::serialize(value);
}

/// In JSON, line breaks occur only where spaces are allowed too.
void append_on_one_line(std::string& out, std::string_view json) {
  const std::size_t begin = out.size();
  out += json;
  if (json.find('\n') == json.npos && json.find('\r') == json.npos) return;
  for (std::size_t i = begin; i < out.size(); ++i)
    if (out[i] == '\n' || out[i] == '\r') out[i] = ' ';
}

void append_data(std::string& out, const Payload& data) {
  if (!data.is_binary()) {
    out += ",\"data\":";
    return append_on_one_line(out, data.raw());
  }
  out += ",\"data_base64\":\"";
  append_base64(out, data.raw());
  out += '"';
}

}  // namespace

std::string new_signal_id() {
  static const std::string prefix = random_prefix();
  static std::atomic<std::uint64_t> count{0};
  const fmt::format_int number(count.fetch_add(1, std::memory_order_relaxed));
  std::string id;
  id.reserve(prefix.size() + number.size());
  id += prefix;
  id.append(number.data(), number.size());
  return id;
}

void append_json_text(std::string& out, const Signal& signal) {
  out += R"({"specversion":"1.0")";
  append_attribute(out, "id", signal.id);
  append_attribute(out, "source", signal.source);
  append_attribute(out, "type", signal.type);
  append_attribute(out, "subject", signal.subject);
  if (signal.time != Time()) {
    out += ",\"time\":\"";
    append_timestamp(out, signal.time);
    out += '"';
  }
  append_attribute(out, "datacontenttype", signal.datacontenttype());
  append_attribute(out, "connection", signal.connection);
  append_attribute(out, "phoenixtopic", signal.phoenixtopic);
  append_attribute(out, "phoenixevent", signal.phoenixevent);
  append_attribute(out, "phoenixkind", signal.phoenixkind);
  for (const auto& [name, value] : signal.extensions) append_extension(out, {name.data(), name.size()}, value);
  append_data(out, signal.data);
  out += '}';
}

std::string to_json_text(const Signal& signal) {
  std::string out;
  append_json_text(out, signal);
  return out;
}

}  // namespace suzaku::signals

#include <array>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <suzaku/signals/signal.hpp>

#include "base/base64.hpp"
#include "protocol/json_text.hpp"
#include "protocol/strict_json.hpp"
#include "signals/signal_rules.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::signals {
namespace {

constexpr std::pair<std::string_view, std::string Signal::*> kTexts[] = {{"id", &Signal::id},
                                                                         {"source", &Signal::source},
                                                                         {"type", &Signal::type},
                                                                         {"subject", &Signal::subject},
                                                                         {"datacontenttype", &Signal::contenttype},
                                                                         {"connection", &Signal::connection},
                                                                         {"phoenixtopic", &Signal::phoenixtopic},
                                                                         {"phoenixevent", &Signal::phoenixevent},
                                                                         {"phoenixkind", &Signal::phoenixkind}};

std::string string_of(const Json& value) {
  return {value.as_string().data(), value.as_string().size()};
}

/// Reads a valid JSON value: a string, a boolean, or an integer that fits.
bool may_be_attribute(std::string_view text) noexcept {
  if (text.front() == '"' || text == "true" || text == "false") return true;
  return text.size() <= std::string_view("-2147483648").size() && text.find_first_not_of("-0123456789") == text.npos;
}

/// Puts the members of a CloudEvent, one by one, into a Signal.
class Reader {
 public:
  /// `text`: the JSON text of the value.
  Result<void> member(const std::string& name, std::string_view text) {
    if (!seen_.insert(name).second) return failure(ErrorCode::invalid, fmt::format("\"{}\" stands there twice", name));
    if (name == "data") {
      const bool is_object = text.front() == '{';
      return put_data(Payload::view(text, is_object ? Payload::Kind::json_object : Payload::Kind::json));
    }
    if (text == "null") return {};  // the same as absent
    if (!may_be_attribute(text))
      return failure(ErrorCode::invalid,
                     fmt::format("{}: expected a string, an integer of 32 bits or a boolean", name));
    return attribute(name, protocol::value_of(text));
  }

  Result<Signal> finish() {
    if (!has_version_) return failure(ErrorCode::invalid, "specversion: expected \"1.0\"");
    const std::string written = std::exchange(signal_.contenttype, {});
    if (written != signal_.datacontenttype()) signal_.contenttype = written;
    if (auto valid = validate(signal_); !valid) return failure(ErrorCode::invalid, std::move(valid.error().message));
    return std::move(signal_);
  }

 private:
  Result<void> attribute(const std::string& name, Json value) {
    for (const auto& [text_name, text] : kTexts) {
      if (name != text_name) continue;
      if (!value.is_string()) return failure(ErrorCode::invalid, fmt::format("{}: expected a string", name));
      signal_.*text = string_of(value);
      return {};
    }
    if (name == "specversion") {
      has_version_ = value == "1.0";
      return {};
    }
    if (name == "time") return put_time(value);
    if (name == "data_base64") return put_bytes(value);
    if (auto checked = check_extension_name(name); !checked) return checked;
    signal_.extensions.emplace(name, std::move(value));
    return {};
  }

  Result<void> put_time(const Json& value) {
    const auto time = value.is_string() ? parse_timestamp(string_of(value)) : std::nullopt;
    if (!time)
      return failure(ErrorCode::invalid, "time: expected a time as in RFC 3339, between the years 1678 and 2261");
    signal_.time = *time;
    return {};
  }

  Result<void> put_bytes(const Json& value) {
    auto bytes = value.is_string() ? decode_base64(string_of(value)) : std::nullopt;
    if (!bytes) return failure(ErrorCode::invalid, "data_base64: expected Base64");
    return put_data(Payload::binary(std::move(*bytes)));
  }

  Result<void> put_data(const Payload& data) {
    if (std::exchange(has_data_, true)) return failure(ErrorCode::invalid, "expected data or data_base64, not both");
    signal_.data = data;  // the copy of a view owns its bytes
    return {};
  }

  Signal signal_;
  std::unordered_set<std::string> seen_;
  bool has_version_ = false;
  bool has_data_ = false;
};

}  // namespace

Result<Signal> parse_signal(std::string_view json) {
  protocol::StrictJson parser;
  const auto parsed = parser.parse_unpadded(json);
  if (!parsed) return failure(ErrorCode::invalid, "no JSON: " + parsed.error().message);
  if (!parsed->is_object()) return failure(ErrorCode::invalid, "expected a JSON object");
  Reader reader;
  protocol::JsonCursor cursor(json);
  cursor.take();
  while (cursor.peek() != '}') {
    const std::string name = string_of(protocol::value_of(cursor.value()));
    cursor.take();  // the colon
    cursor.peek();
    if (auto put = reader.member(name, cursor.value()); !put)
      return failure(ErrorCode::invalid, std::move(put.error().message));
    if (cursor.peek() == ',') cursor.take();
  }
  return reader.finish();
}

}  // namespace suzaku::signals

#include "signals/signal_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/ascii.hpp"

namespace suzaku::signals {
namespace {

constexpr std::size_t kMaxName = 20;

/// Whether the text is a String of CloudEvents.
bool is_text(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (forbidden_size(text.substr(i)) > 0) return false;
  return simdjson::validate_utf8(text.data(), text.size());
}

bool is_noncharacter_of_3_bytes(unsigned char second, unsigned char third) noexcept {
  return (second == 0xB7 && third >= 0x90 && third <= 0xAF) || (second == 0xBF && third >= 0xBE);
}

bool is_noncharacter_of_4_bytes(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return (byte(1) & 0x0F) == 0x0F && byte(2) == 0xBF && byte(3) >= 0xBE;
}

/// Whether the text is a "type/subtype" of RFC 2045, with any parameters.
bool is_content_type(std::string_view text) noexcept {
  const auto is_token = [](std::string_view token) {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
      return ascii::is_letter(c) || ascii::is_digit(c) ||
             std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
    });
  };
  const std::string_view essence = text.substr(0, text.find_first_of("; "));
  const std::size_t slash = essence.find('/');
  return slash != essence.npos && is_token(essence.substr(0, slash)) && is_token(essence.substr(slash + 1)) &&
         is_text(text);
}

Result<void> unless(bool ok, std::string_view attribute, std::string_view expected) {
  if (ok) return {};
  return failure(ErrorCode::invalid, fmt::format("{}: expected {}", attribute, expected));
}

Result<void> check_value(std::string_view name, const Json& value) {
  if (const auto* text = value.if_string())
    return unless(is_text({text->data(), text->size()}), name, "UTF-8 without control characters");
  if (const auto* number = value.if_int64())
    return unless(*number == static_cast<std::int32_t>(*number), name, "an integer of 32 bits");
  return unless(value.is_bool(), name, "a string, an integer of 32 bits or a boolean");
}

Result<void> check_extensions(const JsonObject& extensions) {
  for (const auto& [key, value] : extensions) {
    const std::string_view name(key.data(), key.size());
    if (auto checked = check_extension_name(name); !checked) return checked;
    if (auto checked = check_value(name, value); !checked) return checked;
    if (name != "dataschema") continue;
    const auto* uri = value.if_string();
    if (uri == nullptr || !is_uri_reference({uri->data(), uri->size()}))
      return failure(ErrorCode::invalid, "dataschema: expected a URI");
  }
  return {};
}

}  // namespace

std::size_t forbidden_size(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x20 || first == 0x7F) return 1;
  if (first == 0xC2 && text.size() > 1 && byte(1) < 0xA0) return 2;
  if (first == 0xEF && text.size() > 2 && is_noncharacter_of_3_bytes(byte(1), byte(2))) return 3;
  if (first >= 0xF0 && text.size() > 3 && is_noncharacter_of_4_bytes(text)) return 4;
  return 0;
}

std::string valid_text(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t forbidden = forbidden_size(text);
    for (const char c : text.substr(0, forbidden)) valid += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    if (forbidden == 0) valid += text.front();
    text.remove_prefix(forbidden == 0 ? 1 : forbidden);
  }
  return valid;
}

bool is_uri_reference(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || ascii::hex_value(text[i + 1]) < 0 || ascii::hex_value(text[i + 2]) < 0) return false;
    } else if (!ascii::is_letter(c) && !ascii::is_digit(c) &&
               std::string_view("-._~:/?#[]@!$&'()*+,;=").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty();
}

bool is_type(std::string_view text) noexcept {
  const bool has_empty_name = text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != text.npos;
  return !has_empty_name && text.find('*') == text.npos && is_text(text);
}

Result<void> check_extension_name(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kTaken = {
      "specversion",     "id",   "source",     "type",         "subject",      "time",
      "datacontenttype", "data", "connection", "phoenixtopic", "phoenixevent", "phoenixkind"};
  const bool is_name = !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || ascii::is_digit(c);
  });
  if (!is_name)
    return failure(ErrorCode::invalid,
                   fmt::format("\"{}\": expected a name of 1 to 20 characters of a-z and 0-9", name));
  return unless(std::find(kTaken.begin(), kTaken.end(), name) == kTaken.end(), name, "no extension of this name");
}

Result<void> validate(const Signal& signal) {
  if (auto checked = unless(is_uri_reference(signal.source), "source", "a URI reference"); !checked) return checked;
  if (signal.id.empty()) return failure(ErrorCode::invalid, "id: expected a string that is not empty");
  if (signal.type.empty()) return failure(ErrorCode::invalid, "type: expected a string that is not empty");
  if (auto checked = unless(is_content_type(signal.datacontenttype()), "datacontenttype", "a media type"); !checked)
    return checked;
  const std::pair<std::string_view, std::string_view> texts[] = {{"id", signal.id},
                                                                 {"type", signal.type},
                                                                 {"subject", signal.subject},
                                                                 {"connection", signal.connection},
                                                                 {"phoenixtopic", signal.phoenixtopic},
                                                                 {"phoenixevent", signal.phoenixevent},
                                                                 {"phoenixkind", signal.phoenixkind}};
  for (const auto& [name, text] : texts)
    if (auto checked = unless(is_text(text), name, "UTF-8 without control characters"); !checked) return checked;
  return check_extensions(signal.extensions);
}

}  // namespace suzaku::signals

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

/// CloudEvents' String: UTF-8 without control characters, C1 (U+0080 to U+009F) among them.
bool is_text(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F) return false;
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;
  }
  return simdjson::validate_utf8(text.data(), text.size());
}

/// The characters of RFC 3986, and no more than that.
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

/// "type/subtype" of RFC 2045, with whatever parameters.
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
  return failure(fmt::format("{}: expected {}", attribute, expected));
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
    if (uri == nullptr || !is_uri_reference({uri->data(), uri->size()})) return failure("dataschema: expected a URI");
  }
  return {};
}

}  // namespace

Result<void> check_extension_name(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kTaken = {
      "specversion",     "id",   "source",     "type",         "subject",      "time",
      "datacontenttype", "data", "connection", "phoenixtopic", "phoenixevent", "phoenixkind"};
  const bool is_name = !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || ascii::is_digit(c);
  });
  if (!is_name) return failure(fmt::format("\"{}\": expected a name of 1 to 20 characters of a-z and 0-9", name));
  return unless(std::find(kTaken.begin(), kTaken.end(), name) == kTaken.end(), name, "no extension of this name");
}

Result<void> validate(const Signal& signal) {
  if (auto checked = unless(is_uri_reference(signal.source), "source", "a URI reference"); !checked) return checked;
  if (signal.id.empty()) return failure("id: expected a string that is not empty");
  if (signal.type.empty()) return failure("type: expected a string that is not empty");
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

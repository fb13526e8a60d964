#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
namespace suzaku {

std::string base64(std::string_view bytes);
/// The same, at the end of `out`.
void append_base64(std::string& out, std::string_view bytes);

/// Nothing for what is not Base64.
std::optional<std::string> decode_base64(std::string_view text);
/// The same with either alphabet, the standard one or that for URLs (section 5), with padding or without. Bits beyond
/// the last byte are ignored.
std::optional<std::string> decode_any_base64(std::string_view text);

}  // namespace suzaku

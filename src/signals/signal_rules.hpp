#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>
#include <suzaku/signals/signal.hpp>

namespace suzaku::signals {

/// Whether the text has only characters of a URI reference (RFC 3986). Its grammar is not checked.
bool is_uri_reference(std::string_view text) noexcept;

/// Whether the text is one or more names separated by dots, without empty names, without `*`, and without characters
/// that CloudEvents forbids in a string.
bool is_type(std::string_view text) noexcept;

/// The number of bytes of the first character if CloudEvents forbids it in a string: control characters (U+0000 to
/// U+001F, U+007F to U+009F) and noncharacters (U+FFFE and the like). 0: it is allowed, or there is none.
std::size_t forbidden_size(std::string_view text) noexcept;

/// The text with each character that CloudEvents forbids in a string percent-encoded: "a\x07" becomes "a%07". A text
/// without such characters stays as it is, also when it has a `%`.
std::string valid_text(std::string_view text);

/// Whether the text may be a name in Signal::extensions: 1 to 20 lower-case letters and digits, and not the name of an
/// attribute that is a member of Signal.
Result<void> check_extension_name(std::string_view name);

}  // namespace suzaku::signals

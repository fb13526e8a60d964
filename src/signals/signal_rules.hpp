#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>
#include <suzaku/signals/signal.hpp>

namespace suzaku::signals {

/// The characters of a URI reference (RFC 3986) and no others; not its grammar.
bool is_uri_reference(std::string_view text) noexcept;

/// Names between dots, none of them empty, without `*` and without what CloudEvents forbids in a string.
bool is_type(std::string_view text) noexcept;

/// How many bytes the first character has if CloudEvents forbids it in a string: control characters (U+0000 to U+001F,
/// U+007F to U+009F) and noncharacters (U+FFFE and the like). 0: it is allowed, or there is none.
std::size_t forbidden_size(std::string_view text) noexcept;

/// The text with each character that CloudEvents forbids in a string percent-encoded: "a\x07" becomes "a%07". A text
/// without such characters stays as it is, also when it has a `%`.
std::string valid_text(std::string_view text);

/// Whether it may be a name in Signal::extensions: 1 to 20 lower-case letters and digits, and none that a member of
/// Signal stands for.
Result<void> check_extension_name(std::string_view name);

}  // namespace suzaku::signals

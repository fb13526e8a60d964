#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text from outside, made harmless for logs and terminals. The result is one line of valid UTF-8 without control
/// characters: C0, DEL and C1, line and paragraph separators, and the marks that change the direction of text.
namespace suzaku {

/// Such characters are shown as \u001b, and a byte that is not UTF-8 as U+FFFD. A result of more than `most` bytes is
/// cut between two characters, and "..." follows.
std::string printable(std::string_view text, std::size_t most = std::string_view::npos);

/// The same for JSON. Of valid JSON the value stays the same: strings hold the escapes of JSON, and spaces stand
/// between tokens.
std::string printable_json(std::string_view json);

}  // namespace suzaku

#pragma once

#include <string>
#include <string_view>

/// What strangers have written, for terminals: they would take control characters for commands.
namespace suzaku::program {

/// Text in one line, with '?' for each control character.
std::string printable(std::string_view text);

/// Valid JSON in one line, the same value; control characters in strings are escaped.
std::string json_in_one_line(std::string_view json);

}  // namespace suzaku::program

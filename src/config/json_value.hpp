#pragma once

#include <optional>
#include <string>

#include "config/value.hpp"

namespace suzaku::config {

/// A value of any shape as JSON text. As YAML 1.2 has it (core schema), true, false, null and numbers without quotes
/// are that, and all else is a string. What holds a variable or comes from a file is a string too, whatever is in it.
/// A number keeps its spelling when that is valid JSON. With `secrets`, "file:PATH" is the content of that file.
std::optional<std::string> json_of(const Value& value, bool secrets);

/// The JSON number for a plain scalar: "7", "0x1f" (31), "+.5" (0.5). Nothing when it is no number, or one that JSON
/// cannot express.
std::optional<std::string> json_number(std::string_view plain);

}  // namespace suzaku::config

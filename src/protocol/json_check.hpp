#pragma once

#include <cstddef>
#include <string_view>

#include <suzaku/result.hpp>

/// Validation of JSON without a parsed value: however large the text, it costs no memory.
namespace suzaku::protocol {

/// How many elements or members the outermost array or object of the text has, 0 when it is neither. Accepts what
/// StrictJson::parse() accepts, but for numbers whose exponent does not fit in 32 bits.
Result<std::size_t> check_json(std::string_view text);

}  // namespace suzaku::protocol

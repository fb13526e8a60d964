#pragma once

#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::program {

/// JSON that a person wrote. The failure says where it is wrong, "line 2, column 5: syntax error", and repeats nothing
/// of it; text of one line has columns only.
Result<Payload> parse_json(std::string_view text);
/// The same, of a JSON object: the payload of a push.
Result<Payload> parse_object(std::string_view text);

/// The text of an object's member, with its numbers as they are written; "" when there is none. `json` must be a valid
/// object.
std::string_view raw_member(std::string_view json, std::string_view name);

}  // namespace suzaku::program

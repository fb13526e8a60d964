#pragma once

#include <string_view>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

namespace suzaku::program {

/// Whether the result of a request to a bridge has the members that this program reads. A bridge of another version, or
/// another program that listens on the socket, may answer anything. The failure says what was expected.
Result<void> check_ctl_answer(std::string_view command, const Json& result);

}  // namespace suzaku::program

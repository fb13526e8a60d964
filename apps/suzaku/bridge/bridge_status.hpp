#pragma once

#include <string>

#include <suzaku/json.hpp>

namespace suzaku::program {

/// What `suzaku bridge ctl status` shows to a person: the connections and the agents of a bridge, a line each. `status`
/// must have passed check_ctl_answer().
std::string bridge_status(const Json& status, bool color);

}  // namespace suzaku::program

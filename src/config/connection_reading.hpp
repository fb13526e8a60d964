#pragma once

#include "config/bridge_config.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// A connection of a bridge's file: `name`, and what the file says of it.
ConnectionConfig read_connection(const std::string& name, const Value& value, bool production);

}  // namespace suzaku::config

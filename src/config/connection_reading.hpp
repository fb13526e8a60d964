#pragma once

#include "config/bridge_config.hpp"
#include "config/value.hpp"

namespace suzaku::config {

/// Reads a connection of a bridge's file from its `name` and its `value`.
ConnectionConfig read_connection(const std::string& name, const Value& value, bool production);

}  // namespace suzaku::config

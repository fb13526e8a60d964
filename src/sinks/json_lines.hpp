#pragma once

#include <span>
#include <string>

#include <suzaku/signals/signal.hpp>

namespace suzaku::sinks {

/// A line of JSON for each signal, without control characters for terminals.
std::string json_lines(std::span<const signals::SignalPtr> batch);

}  // namespace suzaku::sinks

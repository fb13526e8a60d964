#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/result.hpp>
#include <suzaku/signals/signal_bus.hpp>

#include "sinks/line_output.hpp"
#include "sinks/options.hpp"
#include "sinks/sink.hpp"

namespace suzaku::sinks {

/// Objects that sinks use. They must outlive the sinks.
struct SinkEnvironment {
  signals::SignalBus& bus;
  bridge::ConnectionSupervisor& connections;
  LineOutput& output;  // for the stdout sinks
};

/// Fails when the sink cannot be opened or started: a file, a spool, a program.
Result<std::shared_ptr<Sink>> make_sink(const SinkOptions& options, const std::string& agent,
                                        const SinkEnvironment& environment);

/// "stdout", "file", "webhook", "command" or "push"
std::string_view kind_of(const SinkOptions& options) noexcept;

}  // namespace suzaku::sinks

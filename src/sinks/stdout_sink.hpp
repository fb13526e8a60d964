#pragma once

#include <atomic>
#include <cstdint>

#include "sinks/held.hpp"
#include "sinks/line_output.hpp"
#include "sinks/sink.hpp"
#include "sinks/wake_event.hpp"

namespace suzaku::sinks {

/// Writes a line for each signal to standard output.
class StdoutSink final : public Sink {
 public:
  /// `output` is shared by all such sinks, and must outlive them.
  explicit StdoutSink(LineOutput& output) : output_(output) {}

  void take(std::span<const signals::SignalPtr> batch) override;
  void stop() noexcept override { stop_.ring(); }
  JsonObject status() const override { return {{"written", written_.load()}, {"waiting", held_.get()}}; }

 private:
  LineOutput& output_;
  WakeEvent stop_;
  Held held_;
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace suzaku::sinks

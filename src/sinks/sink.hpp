#pragma once

#include <span>

#include <suzaku/json.hpp>
#include <suzaku/signals/signal.hpp>

namespace suzaku::sinks {

/// Where the signals of an agent go. Its destructor ends, and waits for, whatever threads and processes it has.
class Sink {
 public:
  Sink() = default;
  virtual ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// Takes signals, oldest first. One thread at a time, the agent's. May wait for whoever receives them, but not after
  /// stop(): then it returns without delay, and what is left of this batch may be lost. Throws when there is no use in
  /// waiting, and they are lost; the message is for the log, and must not tell secrets.
  virtual void take(std::span<const signals::SignalPtr> batch) = 0;

  /// No signal will be waited for any more. Any thread; does not wait; may be called more than once.
  virtual void stop() noexcept = 0;

  /// What one would like to know of it: {"written": 3}. Any thread, at any time.
  virtual JsonObject status() const = 0;
};

}  // namespace suzaku::sinks

#pragma once

#include <span>

#include <suzaku/json.hpp>
#include <suzaku/signals/signal.hpp>

namespace suzaku::sinks {

/// The receiver of the signals of an agent. The destructor ends its threads and processes, and waits for them.
class Sink {
 public:
  Sink() = default;
  virtual ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// Takes signals, oldest first. Called on the thread of the agent. May wait for the receiver until stop() is called:
  /// then it returns without delay, and the rest of the batch may be lost. Throws when the receiver will never take
  /// them; then the batch is lost. The message is logged, and must not contain secrets.
  virtual void take(std::span<const signals::SignalPtr> batch) = 0;

  /// Ends the wait in take(). Any thread; does not wait; may be called more than once.
  virtual void stop() noexcept = 0;

  /// Counts and states, such as {"written": 3}. "waiting": signals that the sink has taken and not passed on. Any
  /// thread, at any time.
  virtual JsonObject status() const = 0;
};

}  // namespace suzaku::sinks

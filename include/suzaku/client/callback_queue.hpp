#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include <suzaku/client/options.hpp>

namespace suzaku::client {

/// Callbacks that wait until somebody calls poll(): for a game loop, or any thread that has its own rhythm.
///
///     CallbackQueue queue;
///     Socket socket{url, {.dispatcher = queue.dispatcher()}};
///     while (running) { queue.poll(); draw(); }
class CallbackQueue {
 public:
  CallbackQueue();

  /// For SocketOptions::dispatcher; goes on working, to no effect, when the queue is gone.
  Dispatcher dispatcher() const;
  /// Calls what waits now, on this thread, and says how much it was. What is added meanwhile waits for the next time.
  std::size_t poll();
  /// Waits until something waits to be called, at most this long.
  bool wait_for(std::chrono::nanoseconds time);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace suzaku::client

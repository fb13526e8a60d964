#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include <suzaku/client/options.hpp>

namespace suzaku::client {

/// Callbacks that wait for a call of poll(): for a game loop, or any thread with a loop of its own. The sockets that
/// use it bound what waits (SocketOptions::max_undelivered, max_undelivered_bytes).
///
///     CallbackQueue queue;
///     Socket socket{url, {.dispatcher = queue.dispatcher()}};
///     while (running) { queue.poll(); draw(); }
class CallbackQueue {
 public:
  CallbackQueue();

  /// For SocketOptions::dispatcher. It may be called after the queue was destroyed; it does nothing then.
  Dispatcher dispatcher() const;
  /// Calls the callbacks that wait, on this thread, and returns how many they were. Those that are added meanwhile wait
  /// for the next call.
  std::size_t poll();
  /// Blocks until a callback waits, at most this long. False when none does.
  bool wait_for(std::chrono::nanoseconds time);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace suzaku::client

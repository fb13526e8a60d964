#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <suzaku/client/options.hpp>
#include <suzaku/client/serializer.hpp>

#include "base/task.hpp"
#include "client/core/transport.hpp"

namespace suzaku::client {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// What the client needs from outside: a thread, time, random numbers and connections. One implementation is an event
/// loop, another is the test kit's, where time passes only when a test says so.
class Engine {
 public:
  using TimerId = std::uint64_t;
  static constexpr TimerId kNoTimer = 0;

  virtual ~Engine() = default;

  // --- from any thread ---
  /// Runs the task on the engine's thread, in the order they were posted. What is posted to an engine that has ended is
  /// destroyed.
  virtual void post(Task task) = 0;
  virtual bool in_this_thread() const noexcept = 0;
  /// Runs work that may block, on another thread.
  virtual void run_blocking(Task task) = 0;
  /// Runs the task when the engine ends, after all other tasks, unless forget_end() comes first.
  virtual void at_end(const void* owner, Task task) = 0;
  virtual void forget_end(const void* owner) = 0;

  // --- from the engine's thread ---
  virtual TimePoint now() const noexcept = 0;
  virtual std::chrono::system_clock::time_point wall_clock() const noexcept = 0;
  /// Runs the task once, not before `delay` has passed.
  virtual TimerId after(Duration delay, Task task) = 0;
  virtual void cancel(TimerId timer) = 0;
  /// A number between 0 and 1.
  virtual double random() = 0;
  /// Phoenix's serializer of this version (1 or 2), shared by all sockets: its buffers are large. May be asked for on
  /// any thread.
  virtual Serializer& serializer(int vsn) noexcept = 0;
  /// Begins to connect. Never calls the handler from within. `options` and `handler` outlive the transport.
  virtual std::unique_ptr<Transport> connect(const Target& target, const SocketOptions& options,
                                             Transport::Handler& handler) = 0;
};

}  // namespace suzaku::client

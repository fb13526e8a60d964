#pragma once

#include <memory>

namespace suzaku::client {

class Engine;

/// The thread that any number of sockets live on: it reads and writes, keeps time and, unless they have a dispatcher,
/// calls their callbacks. A handle: copies are the same runtime. The thread ends with the last copy and the last
/// socket. The destructor of that waits for the thread, and for a function that gives params or a token and a look-up
/// of a name that are under way; within a callback it does not wait.
///
/// All functions of the client may be called from any thread.
class Runtime {
 public:
  /// Starts the thread. Throws std::system_error when the system has no thread or descriptor left.
  Runtime();

  /// For the library and its test kit: a runtime that is driven by something else.
  explicit Runtime(std::shared_ptr<Engine> engine) noexcept;
  const std::shared_ptr<Engine>& engine() const noexcept { return engine_; }

 private:
  std::shared_ptr<Engine> engine_;
};

}  // namespace suzaku::client

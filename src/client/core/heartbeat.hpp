#pragma once

#include <chrono>
#include <memory>

#include <suzaku/client/serializer.hpp>

#include "client/core/completion.hpp"
#include "client/core/engine.hpp"
#include "client/core/operations.hpp"

namespace suzaku::client::core {

class Socket;

/// Sends heartbeats at intervals, and drops the connection when one is not answered in time. The socket keeps their
/// deadlines, as with any operation.
class Heartbeat {
 public:
  explicit Heartbeat(Socket& socket) noexcept : socket_(socket) {}
  ~Heartbeat() { stop(); }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// The next one is sent when the interval has passed.
  void schedule();
  /// One is sent now; `completion` may be null.
  void send(std::shared_ptr<Completion> completion);
  /// One was answered.
  void on_reply(Ref ref);
  /// One was not answered in time. It may still be: while the bytes of a message come in, which delay the answer, and
  /// while nothing is read (SocketOptions::max_undelivered), and as long again after that.
  void on_expired(Ref ref, Operation heartbeat);
  /// The connection has ended.
  void stop();
  /// One is waiting for its answer.
  bool is_waiting() const noexcept { return ref_ != 0; }

 private:
  void schedule_after(std::chrono::milliseconds delay);
  std::chrono::milliseconds timeout() const noexcept;

  Socket& socket_;
  Ref ref_ = 0;  // of the last that waits for its answer; 0: none
  Engine::TimerId timer_ = Engine::kNoTimer;
};

}  // namespace suzaku::client::core

#pragma once

#include <chrono>
#include <memory>

#include <suzaku/client/serializer.hpp>

#include "client/core/completion.hpp"
#include "client/core/engine.hpp"

namespace suzaku::client::core {

class Socket;

/// Asks the server at intervals whether it is still there, and gives the connection up when nothing is heard of it.
/// That it does not answer in time is seen by the socket, as with any operation.
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
  /// One was not answered in time. A server that is heard all the same is there, and asked again.
  void on_expired(Ref ref, TimePoint sent_at);
  /// The connection has ended.
  void stop();
  /// One waits for its answer.
  bool is_waiting() const noexcept { return ref_ != 0; }

 private:
  std::chrono::milliseconds timeout() const noexcept;

  Socket& socket_;
  Ref ref_ = 0;  // of the last that waits for its answer; 0: none
  Engine::TimerId timer_ = Engine::kNoTimer;
};

}  // namespace suzaku::client::core

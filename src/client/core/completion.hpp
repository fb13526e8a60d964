#pragma once

#include <suzaku/client/reply.hpp>

namespace suzaku::client::core {

/// Receives the end of an operation. Any thread.
class Completion {
 public:
  virtual ~Completion() = default;
  /// Its message is about to be sent. False when the operation has ended: then the message must not be sent.
  virtual bool on_send() = 0;
  /// Ends the operation. Only the first call has an effect.
  virtual void finish(Reply reply) = 0;
  /// It has ended, by finish() or by cancellation.
  virtual bool is_finished() const noexcept = 0;
};

}  // namespace suzaku::client::core

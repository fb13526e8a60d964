#pragma once

#include <suzaku/client/reply.hpp>

namespace suzaku::client::core {

/// Whoever waits for an operation. Any thread.
class Completion {
 public:
  virtual ~Completion() = default;
  /// Its message is about to be handed to the connection. False when it has ended: then it is not to be sent.
  virtual bool on_send() = 0;
  /// How it ended. The first call counts; others do nothing.
  virtual void finish(Reply reply) = 0;
  /// It has ended, by finish() or because nobody wants it any more.
  virtual bool is_finished() const noexcept = 0;
};

}  // namespace suzaku::client::core

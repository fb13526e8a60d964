#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "net/loop.hpp"

namespace suzaku::transport {

/// One client's connection as HTTP, or as the WebSocket that it became.
class Session {
 public:
  virtual ~Session() = default;

  /// The server is going away: end in a way that makes the client come back (elsewhere).
  virtual void drain() = 0;

 private:
  friend class Sessions;
  std::size_t position_ = 0;
};

/// Owns the sessions of a loop. Loop's thread only.
class Sessions {
 public:
  explicit Sessions(net::Loop& loop) : loop_(loop) {}

  void add(std::unique_ptr<Session> session);
  /// Destroys the session after this turn of the loop.
  void remove(Session& session);
  /// A connection goes on under another session.
  void replace(Session& session, std::unique_ptr<Session> by);

  std::size_t size() const noexcept { return sessions_.size(); }
  /// Whether drain() has been called: new WebSockets are refused from then on.
  bool is_draining() const noexcept { return is_draining_; }

  /// Drains at most `count` sessions, beginning with the one after those drained before; returns how many are still to
  /// do.
  std::size_t drain(std::size_t count);
  /// Destroys them all.
  void clear();
  /// Calls `then` once, at the end of this turn or of the one in which the last session goes.
  void when_empty(std::function<void()> then);

 private:
  void tell_if_empty();

  net::Loop& loop_;
  std::function<void()> when_empty_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::size_t drained_ = 0;  // sessions before this position have been drained
  bool is_draining_ = false;
};

}  // namespace suzaku::transport
